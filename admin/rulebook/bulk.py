"""One value changed in many policies on a page: pick it, type, see what it would do, make it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from flask import Blueprint, render_template, request
from sqlalchemy.orm import Session

from admin.errors import status_of
from admin.refusals import lines
from admin.services import services
from admin.sign_in.current import current_actor
from admin.writing import writing
from engine.errors import KaohengError, Kind
from workflows.access.decide import allow_everywhere
from workflows.rulebook.bulk import Outcome, Spot, preview, set_in_many, spots
from workflows.rulebook.standings import standings

blueprint = Blueprint("bulk", __name__, url_prefix="/rulebook/bulk")
Page = str | tuple[str, int]


@blueprint.get("")
def choose() -> str:
    """The values that policies have; ``?field=`` one of them, with what each policy says."""
    allow_everywhere(current_actor(), "draft_policy")
    with services().database.read() as session:
        return _page(session)


@blueprint.post("")
def change() -> Page:
    """See what the new values would do, or (``make``) make them, each in its policy's draft."""
    allow_everywhere(current_actor(), "draft_policy")
    name, values = request.form.get("field", ""), _typed()
    try:
        if "make" not in request.form:
            with services().database.read() as session:
                return _page(session, preview(session, current_actor(), name, values))
        with writing() as of:
            done = set_in_many(
                of.session,
                of.actor,
                of.now,
                name,
                values,
                seen=_of_policies("seen"),
                faulty="faulty" in request.form,
                take_over="take_over" in request.form,
            )
            return _page(of.session, done, made=True)
    except KaohengError as error:
        if error.kind is Kind.DENIED:
            raise
        with services().database.read() as session:
            return _page(session, error=error), status_of(error)


def _page(
    session: Session,
    outcomes: Sequence[Outcome] = (),
    *,
    made: bool = False,
    error: KaohengError | None = None,
) -> str:
    name = request.values.get("field", "")
    found = spots(session, current_actor())
    spot = next((each for each in found if each.name == name), None)
    return render_template(
        "rulebook/bulk.html",
        section_of_page="policies",
        groups=_grouped(found),
        spot=spot,
        policies=[each for each in standings(session) if spot and each.code in spot.values],
        outcomes=outcomes,
        made=made,
        typed=request.form,
        lines=lines(error),
    )


def _grouped(found: Sequence[Spot]) -> list[tuple[object, list[Spot]]]:
    """Return the values by the section that they are of; those of most policies come first."""
    groups: dict[object, list[Spot]] = defaultdict(list)
    for spot in found:
        groups[spot.path[0]].append(spot)
    return [
        (spots[0].labels[0], sorted(spots, key=lambda each: -len(each.values)))
        for spots in groups.values()
    ]


def _typed() -> dict[str, str]:
    """Return what was typed for each policy that is ticked; for all of them where it is one."""
    common = request.form.get("all", "").strip()
    own = _of_policies("value")
    chosen = request.form.getlist("policy")
    return {code: common or own.get(code, "") for code in chosen}


def _of_policies(prefix: str) -> dict[str, str]:
    return {
        name.removeprefix(f"{prefix}-"): value
        for name, value in request.form.items()
        if name.startswith(f"{prefix}-")
    }
