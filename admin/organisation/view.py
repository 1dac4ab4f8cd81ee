"""The organisation as a tree on any day, with what HR enters of units and of who joins."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from flask import redirect, request, url_for
from flask_admin import BaseView, expose
from flask_login import current_user
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from admin.errors import status_of
from admin.organisation import typed
from admin.organisation.books import OrganisationBooks
from admin.organisation.people import OrganisationPeople
from admin.people.review import today
from admin.refusals import lines
from admin.services import services
from admin.sign_in.current import current_actor
from admin.writing import Writing, writing
from engine.errors import N_, KaohengError
from workflows.access.decide import allow_everywhere, may, may_everywhere
from workflows.org.history import tree_on
from workflows.org.lives import KINDS, Part, UnitLife
from workflows.org.staff import Newcomer, add_person, join_unit
from workflows.org.tables import ALWAYS
from workflows.org.units import add_unit, close_unit, find_life, move_unit

Page = str | Response | tuple[str, int]


class OrganisationView(OrganisationPeople, OrganisationBooks, BaseView):  # type: ignore[misc]
    """Who belonged where on a day."""

    operation = "read_organisation"
    title = N_("Organisation")
    icon = "units"

    def __init__(self, section: str) -> None:
        super().__init__(self.title, category=section, endpoint="organisation", url="/organisation")

    def is_accessible(self) -> bool:
        return bool(current_user.is_authenticated) and may(current_actor(), self.operation)

    def _run_view(self, fn: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        # Flask-Admin's own calls the view a second time after any TypeError, hiding it.
        return fn(self, *args, **kwargs)

    @expose("/")  # type: ignore[untyped-decorator]
    def index(self) -> Page:
        return self._tree()

    @expose("/people", methods=["POST"])  # type: ignore[untyped-decorator]
    def add(self) -> Page:
        """Enter somebody new, with the unit that they join."""
        allow_everywhere(current_actor(), "change_organisation")
        code = typed.text("code")

        def carry_out(of: Writing) -> None:
            newcomer = Newcomer(code, typed.text("name"), typed.text("post"), typed.text("rank"))
            person = add_person(of.session, of.actor, newcomer)
            join_unit(of.session, of.actor, of.now, person, **typed.belonging())

        return self._entered(carry_out, "add") or redirect(
            url_for("organisation.person", code=code), 303
        )

    @expose("/units", methods=["POST"])  # type: ignore[untyped-decorator]
    def add_unit(self) -> Page:
        """Enter a new unit."""
        allow_everywhere(current_actor(), "change_organisation")

        def carry_out(of: Writing) -> None:
            parts = (Part(typed.text("parent") or None, typed.day_or_none("day") or ALWAYS),)
            life = UnitLife(typed.text("code"), typed.text("name"), typed.text("kind"), parts)
            timezone = services().settings.timezone
            add_unit(of.session, of.actor, of.now, life, typed.text("reason"), timezone)

        return self._entered(carry_out, "unit") or redirect(url_for("organisation.index"), 303)

    @expose("/units/<code>/<step>", methods=["POST"])  # type: ignore[untyped-decorator]
    def change_unit(self, code: str, step: str) -> Page:
        """Enter that a unit moves under another, or closes."""
        allow_everywhere(current_actor(), "change_organisation")
        if step not in ("move", "close"):
            raise NotFound
        with services().database.read() as session:
            find_life(session, code)

        def carry_out(of: Writing) -> None:
            about: dict[str, Any] = {
                "code": code,
                "reason": typed.text("reason"),
                "timezone": services().settings.timezone,
            }
            if step == "move":
                parent, day = typed.text("parent") or None, typed.day("day")
                move_unit(of.session, of.actor, of.now, parent=parent, day=day, **about)
            else:
                close_unit(of.session, of.actor, of.now, last_day=typed.day("day"), **about)

        return self._entered(carry_out, f"{step}-{code}") or redirect(
            url_for("organisation.index"), 303
        )

    def _entered(self, carry_out: Callable[[Writing], None], form: str) -> Page | None:
        """Do it in one transaction; a refusal shows the tree with the form as it was typed."""
        try:
            with writing() as of:
                carry_out(of)
        except KaohengError as error:
            return self._tree(error, form), status_of(error)
        return None

    def _tree(self, error: KaohengError | None = None, form: str = "") -> str:
        day, wrong = _asked_day()
        actor = current_actor()
        with services().database.read() as session:
            tree = tree_on(session, actor, day)
            return self._render(
                "organisation/tree.html",
                tree=tree,
                on=day,
                wrong=wrong,
                may_change=may_everywhere(actor, "change_organisation"),
                may_export=may_everywhere(actor, self.operation),
                kinds=KINDS,
                units=_flat(tree),
                refused=form,
                opened=_way_to(tree, form.partition("-")[2]),
                lines=lines(error),
                typed=request.form if error else {},
            )

    def _render(self, template: str, **context: Any) -> str:
        return str(self.render(template, **context))


def _asked_day() -> tuple[date, bool]:
    """Return the day that the page asks for, and whether what it asked for is none."""
    text = request.args.get("on", "")
    try:
        return (date.fromisoformat(text) if text else today()), False
    except ValueError:
        return today(), True


def _way_to(tree: Any, code: str) -> set[str]:
    """Return the codes of a unit and of those that it is below: what is opened to show it."""
    for branch in tree:
        below = _way_to(branch.below, code)
        if below or branch.unit.code == code:
            return {branch.unit.code, *below}
    return set()


def _flat(tree: Any) -> list[Any]:
    return [unit for branch in tree for unit in (branch.unit, *_flat(branch.below))]
