"""Appeals as a list, and each as a page to follow, to handle and to decide on."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from flask import request, url_for
from flask_admin import expose
from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import Session, contains_eager, joinedload
from werkzeug.exceptions import BadRequest
from werkzeug.utils import redirect
from werkzeug.wrappers import Response

from admin.attached import ATTACHING, download, sent_files
from admin.errors import status_of
from admin.lists.columns import Column, Filter
from admin.lists.named import CycleFilter
from admin.lists.view import ListView
from admin.refusals import by_field
from admin.services import services
from admin.sign_in.current import current_actor
from admin.words import word
from admin.writing import writing
from engine.errors import N_, KaohengError, Kind
from workflows.access.actors import Actor
from workflows.access.decide import allow
from workflows.appeals.attaching import attach_evidence
from workflows.appeals.corrections import RECORD, Correction, correctable
from workflows.appeals.effect import Moved, seen_by
from workflows.appeals.evidence import files_of, find_evidence
from workflows.appeals.handling import handlers_for
from workflows.appeals.operations import (
    accept_appeal,
    assign_appeal,
    propose_correction,
    reject_appeal,
    withdraw_appeal,
)
from workflows.appeals.posting import approve_correction, return_correction
from workflows.appeals.reading import (
    appeals_of,
    effect_shown,
    find_appeal,
    may_do_with,
    pay_visible,
    visible_appeals,
)
from workflows.appeals.steps import steps_of
from workflows.appeals.tables import Appeal
from workflows.cycles.operations import policy_of
from workflows.cycles.tables import Cycle
from workflows.org.tables import Person
from workflows.reviews.tables import Review
from workflows.rulebook.tables import PolicyVersion

Page = str | Response | tuple[str, int]
Operation = Callable[[Session, Actor, Any, Appeal], object]


class AppealsView(ListView):
    """Appeals: one's own, those of one's people, and those that one handles."""

    operation = "read_appeals"
    title = N_("Appeals")
    about = N_("Doubts about a result, who answers them by when, and what came of them.")
    icon = "reviews"
    columns = (
        Column("person", N_("Person"), lambda row: row.review.person, "person", Person.name),
        Column("cycle", N_("Cycle"), lambda row: row.review.cycle, "cycle", Cycle.code),
        Column("state", N_("State"), lambda row: (row.state, "appeals"), "badge", Appeal.state),
        Column(
            "submitted",
            N_("Submitted"),
            lambda row: row.submitted_at,
            "instant",
            Appeal.submitted_at,
        ),
        Column("due", N_("Answer by"), lambda row: row.answer_due, "instant", Appeal.answer_due),
        Column(
            "escalated",
            N_("Escalated"),
            lambda row: row.escalated_at,
            "instant",
            Appeal.escalated_at,
        ),
        Column(
            "handler",
            N_("Handled by"),
            lambda row: row.handler and row.handler.username,
            "text",
        ),
    )
    filters = (
        CycleFilter("cycle", N_("Cycle"), Cycle.code),
        Filter("state", N_("State"), Appeal.state, lambda state: word(state, "appeals")),
    )
    searched = (Person.name, Person.code)
    default_order = (Appeal.submitted_at.desc(), Appeal.id.desc())
    loads = (
        contains_eager(Appeal.review).contains_eager(Review.person),
        contains_eager(Appeal.review)
        .contains_eager(Review.cycle)
        .selectinload(Cycle.policy_version)
        .selectinload(PolicyVersion.policy),
        joinedload(Appeal.handler),
    )
    details_template = "appeals/appeal.html"

    def visible(self, actor: Actor) -> Select[Any]:
        return visible_appeals(actor)

    def keyed(self, key: str) -> ColumnElement[bool]:
        return Appeal.public_id == key

    def key(self, row: Any) -> str:
        return str(row.public_id)

    def heading(self, row: Any) -> str:
        return str(row.review.person.name)

    def details_context(self, session: Session, actor: Actor, row: Any) -> Mapping[str, Any]:
        return appeal_shown(session, actor, row)

    @expose("/<key>/withdraw", methods=["POST"])  # type: ignore[untyped-decorator]
    def withdraw(self, key: str) -> Page:
        return self._carry_out(key, "submit_appeal", partial(withdraw_appeal, seen=_seen()))

    @expose("/<key>/assign", methods=["POST"])  # type: ignore[untyped-decorator]
    def assign(self, key: str) -> Page:
        handler = request.form.get("handler", "")
        act = partial(assign_appeal, handler=handler, seen=_seen())
        return self._carry_out(key, "assign_appeal", act)

    @expose("/<key>/accept", methods=["POST"])  # type: ignore[untyped-decorator]
    def accept(self, key: str) -> Page:
        return self._carry_out(key, "handle_appeal", partial(accept_appeal, seen=_seen()))

    @expose("/<key>/reject", methods=["POST"])  # type: ignore[untyped-decorator]
    def reject(self, key: str) -> Page:
        answer = request.form.get("answer", "")
        act = partial(reject_appeal, answer=answer, seen=_seen())
        return self._carry_out(key, "handle_appeal", act)

    @expose("/<key>/propose", methods=["POST"])  # type: ignore[untyped-decorator]
    def propose(self, key: str) -> Page:
        answer = request.form.get("answer", "")
        act = partial(propose_correction, corrections=_corrections(), answer=answer, seen=_seen())
        return self._carry_out(key, "handle_appeal", act)

    @expose("/<key>/approve", methods=["POST"])  # type: ignore[untyped-decorator]
    def approve(self, key: str) -> Page:
        effect = request.form.get("effect", "")
        act = partial(approve_correction, seen=_seen(), effect=effect)
        return self._carry_out(key, "approve_correction", act)

    @expose("/<key>/return", methods=["POST"])  # type: ignore[untyped-decorator]
    def send_back(self, key: str) -> Page:
        reason = request.form.get("reason", "")
        act = partial(return_correction, reason=reason, seen=_seen())
        return self._carry_out(key, "approve_correction", act)

    @expose("/<key>/files", methods=["POST"])  # type: ignore[untyped-decorator]
    def attach(self, key: str) -> Page:
        """Attach files, as the one who appeals or as the handler; the operation says who may."""
        note = request.form.get("note", "")

        def act(session: Session, actor: Actor, now: Any, appeal: Appeal) -> None:
            attach_evidence(session, actor, now, appeal, sent_files(), note=note)

        return self._carry_out(key, "read_appeals", act)

    @expose("/<key>/files/<int:file_id>")  # type: ignore[untyped-decorator]
    def file(self, key: str, file_id: int) -> Response:
        """Give a file that is attached as a download, to whoever reads the appeal."""
        with services().database.read() as session:
            return download(find_evidence(session, current_actor(), key, file_id))

    def _carry_out(self, key: str, operation: str, act: Operation) -> Page:
        """Do it and show the appeal; a refusal is shown on it, with what was typed."""
        allow(current_actor(), operation)
        try:
            with writing() as of:
                act(of.session, of.actor, of.now, find_appeal(of.session, of.actor, key))
        except KaohengError as error:
            if error.kind in (Kind.MISSING, Kind.DENIED):
                raise
            return self._refused(key, error), status_of(error)
        return redirect(url_for("appeals.details", key=key), 303)

    def _refused(self, key: str, error: KaohengError) -> str:
        actor = current_actor()
        with services().database.read() as session:
            row = find_appeal(session, actor, key)
            shown = appeal_shown(session, actor, row)
            faults = by_field(error)
            return str(self.render(self.details_template, row=row, faults=faults, **shown))


def appeal_shown(session: Session, actor: Actor, row: Appeal) -> dict[str, Any]:
    """Return what an appeal's page lays out; of others only those whose pay the reader sees."""
    allowed = may_do_with(session, actor, row)
    policy = policy_of(row.review.cycle)
    effect = effect_shown(session, row)
    seen = pay_visible(session, actor, row.review.cycle)
    moved = list(seen_by(effect, seen)) if effect else []
    names = {review.person.code: review.person for review in _reviews(session, row, moved)}
    return {
        "may": allowed,
        "policy": policy,
        "steps": steps_of(session, row),
        "disputed": row.items,
        "effect": effect,
        "moved": moved,
        "hidden": len(effect.moved) - len(moved) if effect else 0,
        "people": names,
        "handlers": handlers_for(session, row) if allowed.assign else (),
        "columns": correctable(policy) if allowed.answer else {},
        "files": files_of(session, row),
        **ATTACHING,
        "others": [each for each in appeals_of(session, actor, row.review) if each.id != row.id],
        "now": services().clock(),
        "titles": _titles(row),
    }


def _titles(row: Appeal) -> dict[str, Mapping[str, str]]:
    """Return what the grants and places of the policy are called, by an effect's names."""
    policy = policy_of(row.review.cycle)
    named = [(each.code, each.name) for each in policy.steps]
    named += [(each.code, each.name) for each in policy.rules]
    named += [(each.code, each.name) for each in policy.pools]
    return {
        f"{kind}.{code}": {"zh": name.zh, "en": name.en}
        for code, name in named
        for kind in ("grant", "step")
    }


def _reviews(session: Session, row: Appeal, moved: Sequence[Moved]) -> list[Review]:
    codes = [each.person for each in moved]
    return list(
        session.scalars(
            select(Review)
            .join(Review.person)
            .options(contains_eager(Review.person))
            .where(Person.code.in_(codes), Review.cycle_id == row.review.cycle_id)
        )
    )


def _seen() -> int:
    """Return the version of the appeal that the form was made of."""
    seen = request.form.get("version", type=int)
    if seen is None:
        raise BadRequest
    return seen


def _corrections() -> list[Correction]:
    """Read the form: a field for each fact and the grade, and lines for records."""
    fields = (
        Correction(kind, name, value.strip())
        for key, value in request.form.items()
        for kind, _, name in [key.partition(":")]
        if kind in ("fact", "grade") and value.strip()
    )
    return [*fields, *_records(request.form.get("records", ""))]


def _records(text: str) -> list[Correction]:
    """Read lines such as ``deal/C-17/amount = 60000``."""
    found = []
    for line in filter(None, map(str.strip, text.splitlines())):
        name, _, value = re.sub(r"\s*[=＝]\s*", "=", line, count=1).partition("=")
        found.append(Correction(RECORD, name, value))
    return found
