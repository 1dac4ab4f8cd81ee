"""Who is under which policy, on a day: as a page, and as a file."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from flask import Blueprint, render_template, request
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from admin.lists.paging import Paging
from admin.lists.query import PAGE_SIZE
from admin.preferences import language, translate
from admin.services import services
from admin.sign_in.current import current_actor
from admin.spreadsheet import csv_text
from admin.words import word
from engine.errors import N_
from engine.periods import PeriodKind
from workflows.access.decide import allow_everywhere
from workflows.rulebook.assignment import Assigned, Assignment, assignment

blueprint = Blueprint("coverage", __name__, url_prefix="/rulebook/coverage")
_COLUMNS = (
    N_("Code"),
    N_("Name"),
    N_("Role"),
    N_("Post"),
    N_("Rank"),
    N_("Region"),
    N_("Team"),
    N_("Coverage"),
    N_("Policies"),
)


@blueprint.get("")
def matrix() -> str:
    """Gaps and doubles first; ``?unit=``, ``?state=`` and ``?q=`` narrow the people."""
    allow_everywhere(current_actor(), "check_assignment")
    with services().database.read() as session:
        found = _asked(session)
        rows = list(_narrowed(found))
        pages = max(1, -(-len(rows) // PAGE_SIZE))
        page = min(max(request.args.get("page", 1, type=int), 1), pages)
        paging = Paging(len(rows), page, pages)
        return render_template(
            "rulebook/coverage.html",
            section_of_page="policies",
            found=found,
            rows=rows[paging.offset : paging.offset + PAGE_SIZE],
            units=sorted({unit for row in found.rows for unit in units_of(row)}),
            paging=paging,
            asked=request.args,
            periods=tuple(PeriodKind),
        )


@blueprint.get("/export.csv")
def export() -> Response:
    allow_everywhere(current_actor(), "check_assignment")
    with services().database.read() as session:
        found = _asked(session)
        cells = [list(_cells(row)) for row in _narrowed(found)]
    return Response(
        "\ufeff" + csv_text([translate(label) for label in _COLUMNS], cells),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="kaoheng-coverage-{found.on}.csv"'},
    )


def units_of(row: Assigned) -> tuple[str, ...]:
    """Return the names of a row's team and of the region above it."""
    team = row.member.team
    return (team.name,) if team.parent is None else (team.parent.name, team.name)


def _asked(session: Session) -> Assignment:
    try:
        on = date.fromisoformat(request.args.get("on", ""))
    except ValueError:
        on = services().today()
    period = request.args.get("period", "")
    return assignment(
        session,
        current_actor(),
        on,
        drafts=request.args.get("drafts") == "yes",
        period=period if period in set(PeriodKind) else "",
    )


def _narrowed(found: Assignment) -> Iterator[Assigned]:
    asked = request.args
    text = asked.get("q", "").strip().casefold()
    for row in found.rows:
        person = row.member.person
        if asked.get("state") and row.state != asked["state"]:
            continue
        if asked.get("unit") and asked["unit"] not in units_of(row):
            continue
        if asked.get("policy") and asked["policy"] not in {each.policy for each in row.policies}:
            continue
        if not text or text in person.code.casefold() or text in person.name.casefold():
            yield row


def _cells(row: Assigned) -> Iterator[object]:
    person, team = row.member.person, row.member.team
    yield from (person.code, person.name, word(row.role, "roles"), person.post, person.rank)
    yield from (team.parent.name if team.parent else "", team.name)
    yield word(row.state, "coverage")
    yield "; ".join(f"{getattr(each.name, language())} ({each.policy})" for each in row.policies)
