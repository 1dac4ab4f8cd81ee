"""Copies as a list, and each as a document to open, to sign or decline, and to check."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import partial
from typing import Any

from flask import Flask, redirect, request, url_for
from flask_admin import expose
from sqlalchemy import ColumnElement, Select
from sqlalchemy.orm import Session, contains_eager, joinedload
from werkzeug.wrappers import Response

from admin.errors import status_of
from admin.lists.columns import Column, Filter
from admin.lists.named import PolicyFilter
from admin.lists.view import ListView
from admin.refusals import lines
from admin.services import services
from admin.sign_in.current import current_actor
from admin.words import word
from admin.writing import writing
from engine.errors import N_, KaohengError, Kind
from workflows.access.actors import Actor
from workflows.access.decide import allow
from workflows.agreements.reading import (
    STATE,
    find_agreement,
    newer_copy,
    state_of,
    visible_agreements,
)
from workflows.agreements.signing import decline_agreement, open_agreement, sign_agreement
from workflows.agreements.tables import Agreement
from workflows.agreements.terms import sha256
from workflows.base.clock import today
from workflows.org.tables import Person, Unit
from workflows.rulebook.tables import PolicyRow

Page = str | Response | tuple[str, int]


def register(app: Flask) -> None:
    app.jinja_env.filters.update(exact=Decimal)


class AgreementsView(ListView):
    """Copies: one's own, or those of one's people."""

    operation = "read_agreements"
    title = N_("Agreements")
    about = N_("What each person is appraised by and paid for, as they were given it to sign.")
    icon = "ledger"
    columns = (
        Column("person", N_("Person"), lambda copy: copy.person, "person", Person.name),
        Column("team", N_("Team"), lambda copy: copy.team and copy.team.name, "text", Unit.name),
        Column("policy", N_("Policy"), lambda copy: copy.policy.name, "named"),
        Column("period", N_("Period"), lambda copy: copy.period, "text", Agreement.period),
        Column("state", N_("State"), lambda copy: (state_of(copy), "agreements"), "badge", STATE),
        Column(
            "delivered",
            N_("Delivered"),
            lambda copy: copy.delivered_at,
            "instant",
            Agreement.delivered_at,
        ),
        Column("late", N_("In time"), lambda copy: (_in_time(copy), "in_time"), "badge"),
        Column(
            "opened",
            N_("First opened"),
            lambda copy: copy.opened_at,
            "instant",
            Agreement.opened_at,
        ),
        Column(
            "answered",
            N_("Answered"),
            lambda copy: copy.answered_at,
            "instant",
            Agreement.answered_at,
        ),
    )
    filters = (
        PolicyFilter("policy", N_("Policy"), PolicyRow.code),
        Filter("period", N_("Period"), Agreement.period),
        Filter("team", N_("Team"), Unit.name),
        Filter("state", N_("State"), STATE, lambda state: word(state, "agreements")),
    )
    searched = (Person.name, Person.code)
    default_order = (Agreement.starts_on.desc(), Person.code.asc(), Agreement.copy.desc())
    loads = (
        contains_eager(Agreement.person),
        contains_eager(Agreement.policy),
        contains_eager(Agreement.team),
        joinedload(Agreement.terms),
        joinedload(Agreement.version),
    )
    details_template = "agreements/copy.html"

    def visible(self, actor: Actor) -> Select[Any]:
        return visible_agreements(actor)

    def keyed(self, key: str) -> ColumnElement[bool]:
        return Agreement.public_id == key

    def key(self, row: Any) -> str:
        return str(row.public_id)

    def heading(self, row: Any) -> str:
        return str(row.person.name)

    def details_context(self, session: Session, actor: Actor, row: Any) -> Mapping[str, Any]:
        return copy_shown(session, actor, row)

    @expose("/<key>/open", methods=["POST"])  # type: ignore[untyped-decorator]
    def open(self, key: str) -> Page:
        """Open one's own copy: from now on it counts as received."""
        allow(current_actor(), "sign_agreement")
        with writing() as of:
            open_agreement(of.session, of.actor, of.now, find_agreement(of.session, of.actor, key))
        return redirect(url_for("agreements.details", key=key), 303)

    @expose("/<key>/sign", methods=["POST"])  # type: ignore[untyped-decorator]
    def sign(self, key: str) -> Page:
        name = request.form.get("name", "")
        return self._answered(key, partial(sign_agreement, seen=_seen(), name=name))

    @expose("/<key>/decline", methods=["POST"])  # type: ignore[untyped-decorator]
    def decline(self, key: str) -> Page:
        reason = request.form.get("reason", "")
        return self._answered(key, partial(decline_agreement, seen=_seen(), reason=reason))

    @expose("/<key>/text")  # type: ignore[untyped-decorator]
    def text(self, key: str) -> Response:
        """Give the two texts that the digests are of, a line each: what all have, one's own."""
        with services().database.read() as session:
            found = find_agreement(session, current_actor(), key)
            content = f"{found.terms.text}\n{found.text}\n"
        return Response(
            content,
            content_type="text/plain; charset=utf-8",
            headers={"Content-Disposition": f'attachment; filename="agreement-{key[:12]}.txt"'},
        )

    def _answered(self, key: str, operation: Callable[..., None]) -> Page:
        """Answer a copy; a refusal is shown on its own page, with what was typed."""
        allow(current_actor(), "sign_agreement")
        try:
            with writing() as of:
                found = find_agreement(of.session, of.actor, key)
                operation(of.session, of.actor, of.now, found)
        except KaohengError as error:
            if error.kind in (Kind.MISSING, Kind.DENIED):
                raise
            with services().database.read() as session:
                found = find_agreement(session, current_actor(), key)
                shown = copy_shown(session, current_actor(), found)
                page = self.render(self.details_template, row=found, lines=lines(error), **shown)
            return str(page), status_of(error)
        return redirect(url_for("agreements.details", key=key), 303)


def copy_shown(session: Session, actor: Actor, row: Agreement) -> dict[str, Any]:
    """Return what a copy's page lays out: its two texts, read, and where it is."""
    terms, own = json.loads(row.terms.text), json.loads(row.text)
    return {
        "terms": terms,
        "own": own,
        "targets": {each["code"]: each for each in own["targets"]},
        "used": {name for kpi in terms["kpis"] for name in kpi["anchors"]},
        "state": state_of(row),
        "in_time": _in_time(row),
        "newer": newer_copy(session, row) if row.ending else None,
        "is_own": row.person_id == actor.person_id,
        "is_whole": sha256(row.text) == row.sha256 and own["terms"] == sha256(row.terms.text),
    }


def _in_time(copy: Agreement) -> str:
    """Say whether a copy came before its period began, in the organisation's time zone."""
    day = today(copy.delivered_at, services().settings.timezone)
    return "yes" if day < copy.starts_on else "no"


def _seen() -> str:
    """Return the digest of the copy that was read, as its form says."""
    return request.form.get("seen", "")
