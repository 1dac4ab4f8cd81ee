"""A person over time, and what HR enters of them: joining, moving, leaving, long leave."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from flask import redirect, request, url_for
from flask_admin import expose
from sqlalchemy.orm import Session
from werkzeug.exceptions import BadRequest, NotFound
from werkzeug.wrappers import Response

from admin.errors import status_of
from admin.organisation import typed
from admin.people.review import today
from admin.refusals import lines
from admin.services import services
from admin.sign_in.current import current_actor
from admin.writing import Writing, writing
from engine.errors import KaohengError, Kind
from workflows.access.actors import Actor
from workflows.access.decide import allow_everywhere, may_everywhere
from workflows.org.contradictions import KINDS as ABSENCES
from workflows.org.dated import ROLES
from workflows.org.history import history_of, units_on
from workflows.org.staff import (
    end_absence,
    find_person,
    find_successor,
    join_unit,
    leave_person,
    move_person,
    set_absence,
)
from workflows.org.tables import Person

Page = str | Response | tuple[str, int]


class OrganisationPeople:
    """The addresses of a person's history; ``OrganisationView`` has them beside its tree."""

    @expose("/people/<code>")  # type: ignore[untyped-decorator]
    def person(self, code: str) -> Page:
        return self._person(code)

    @expose("/people/<code>/<step>", methods=["POST"])  # type: ignore[untyped-decorator]
    def enter(self, code: str, step: str) -> Page:
        """Enter a step of somebody's; a refusal shows their page with what was typed."""
        allow_everywhere(current_actor(), "change_organisation")
        if step not in STEPS:
            raise NotFound
        try:
            with writing() as of:
                STEPS[step](of, find_person(of.session, code))
        except KaohengError as error:
            if error.kind is Kind.MISSING and step not in ("leave", "move"):
                raise
            return self._person(code, error, step), status_of(error)
        return redirect(url_for("organisation.person", code=code), 303)

    def _person(self, code: str, error: KaohengError | None = None, step: str = "") -> str:
        actor = current_actor()
        with services().database.read() as session:
            return self._render(
                "organisation/person.html",
                history=history_of(session, actor, code, today()),
                on=today(),
                may_change=may_everywhere(actor, "change_organisation"),
                units=units_on(session, today()),
                roles=ROLES,
                absences=ABSENCES,
                refused=step,
                lines=lines(error),
                typed=request.form if error else {},
            )

    def _render(self, template: str, **context: Any) -> str:
        return str(self.render(template, **context))  # type: ignore[attr-defined]


def _join(of: Writing, person: Person) -> None:
    join_unit(*_about(of, person), **typed.belonging(), seen=_seen())


def _move(of: Writing, person: Person) -> None:
    move_person(
        *_about(of, person),
        **typed.belonging(),
        leaving=typed.text("leaving") or None,
        successor=find_successor(of.session, typed.text("successor")),
        seen=_seen(),
    )


def _leave(of: Writing, person: Person) -> None:
    leave_person(
        *_about(of, person),
        last_day=typed.day("day"),
        reason=typed.text("reason"),
        timezone=services().settings.timezone,
        successor=find_successor(of.session, typed.text("successor")),
        seen=_seen(),
    )


def _absence(of: Writing, person: Person) -> None:
    set_absence(
        *_about(of, person),
        kind=typed.text("kind"),
        first_day=typed.day("day"),
        last_day=typed.day_or_none("last_day"),
        reason=typed.text("reason"),
        seen=_seen(),
    )


def _return(of: Writing, person: Person) -> None:
    end_absence(
        *_about(of, person), day=typed.day("day"), reason=typed.text("reason"), seen=_seen()
    )


STEPS: Mapping[str, Callable[[Writing, Person], None]] = {
    "join": _join,
    "move": _move,
    "leave": _leave,
    "absence": _absence,
    "return": _return,
}


def _about(of: Writing, person: Person) -> tuple[Session, Actor, datetime, Person]:
    return of.session, of.actor, of.now, person


def _seen() -> int:
    version = request.form.get("version", type=int)
    if version is None:
        raise BadRequest
    return version
