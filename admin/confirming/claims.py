"""Disputes and claims as a list, and each with what is proposed, answered and decided."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from itertools import zip_longest
from typing import Any

from flask import Flask, redirect, request, url_for
from flask_admin import expose
from sqlalchemy import ColumnElement, Select
from sqlalchemy.orm import Session, contains_eager
from werkzeug.wrappers import Response

from admin.errors import status_of
from admin.lists.columns import Column, Filter
from admin.lists.view import ListView
from admin.refusals import lines as fault_lines
from admin.services import services
from admin.sign_in.current import current_actor
from admin.words import code_of, word
from admin.writing import Writing, writing
from engine.errors import N_, KaohengError, Kind
from workflows.access.actors import Actor
from workflows.access.decide import allow, may
from workflows.claims.answering import answer_proposal, decide_claim
from workflows.claims.opening import unknown_record, withdraw_claim
from workflows.claims.proposing import arrange_credits, not_there, propose_credits
from workflows.claims.reading import (
    LOADS,
    credits_of,
    find_claim,
    find_record,
    standing_proposal,
    visible_claims,
)
from workflows.claims.states import PENDING, UNSETTLED
from workflows.claims.tables import CreditClaim
from workflows.crediting.overriding import from_kept
from workflows.org.tables import Person
from workflows.sources.extraction import CreditLine
from workflows.sources.values import share

Page = str | Response | tuple[str, int]
ROWS = 6


class ClaimsView(ListView):
    """Claims: one's own, those that one is asked about, those of one's people."""

    operation = "read_claims"
    title = N_("Claims")
    about = N_("Whose a deal is: disputed lines, missing deals, splits and handovers.")
    icon = "records"
    columns = (
        Column("number", N_("Number"), lambda claim: claim.contract, "code", CreditClaim.contract),
        Column("kind", N_("Kind"), lambda claim: (claim.kind, "claim_kinds"), "word"),
        Column("person", N_("Person"), lambda claim: claim.person, "person", Person.name),
        Column(
            "state",
            N_("State"),
            lambda claim: (claim.state, "claims"),
            "badge",
            CreditClaim.state,
        ),
        Column(
            "opened",
            N_("Brought up"),
            lambda claim: claim.opened_at,
            "instant",
            CreditClaim.opened_at,
        ),
    )
    filters = (
        Filter("state", N_("State"), CreditClaim.state, lambda state: word(state, "claims")),
        Filter("kind", N_("Kind"), CreditClaim.kind, lambda kind: word(kind, "claim_kinds")),
    )
    searched = (CreditClaim.contract, Person.name, Person.code)
    default_order = (CreditClaim.id.desc(),)
    loads = (contains_eager(CreditClaim.person), contains_eager(CreditClaim.record), *LOADS[2:])
    details_template = "confirming/claim.html"

    def visible(self, actor: Actor) -> Select[Any]:
        return visible_claims(actor)

    def keyed(self, key: str) -> ColumnElement[bool]:
        return CreditClaim.public_id == key

    def key(self, row: Any) -> str:
        return str(row.public_id)

    def heading(self, row: Any) -> str:
        return str(row.contract)

    def details_context(self, session: Session, actor: Actor, row: Any) -> Mapping[str, Any]:
        return claim_shown(session, actor, row)

    @expose("/", methods=["POST"])  # type: ignore[untyped-decorator]
    def arrange(self) -> Page:
        """Bring up a record whose credits should be others."""
        allow(current_actor(), "propose_credits")
        with writing() as of:
            kind, code = request.form.get("kind", ""), request.form.get("code", "")
            record = find_record(of.session, kind, code)
            if record is None:
                raise unknown_record()
            reason = request.form.get("reason", "")
            made = arrange_credits(of.session, of.actor, of.now, record, reason=reason).public_id
        return redirect(url_for("claims.details", key=made), 303)

    @expose("/<key>/proposals", methods=["POST"])  # type: ignore[untyped-decorator]
    def propose(self, key: str) -> Page:
        def operation(of: Writing, claim: CreditClaim) -> None:
            reason, by = request.form.get("reason", ""), _day(request.form.get("answer_by", ""))
            propose_credits(
                of.session, of.actor, of.now, claim, _lines(), reason=reason, answer_by=by
            )

        return self._done(key, "propose_credits", operation, "propose")

    @expose("/<key>/answers", methods=["POST"])  # type: ignore[untyped-decorator]
    def answer(self, key: str) -> Page:
        def operation(of: Writing, claim: CreditClaim) -> None:
            seen = request.form.get("proposal", "")
            proposal = next((each for each in claim.proposals if each.public_id == seen), None)
            if proposal is None:
                raise not_there()
            accept = request.form.get("answer") == "accept"
            reason = request.form.get("reason", "")
            answer_proposal(of.session, of.actor, of.now, proposal, accept=accept, reason=reason)

        return self._done(key, "answer_proposal", operation, "answer")

    @expose("/<key>/decision", methods=["POST"])  # type: ignore[untyped-decorator]
    def decide(self, key: str) -> Page:
        def operation(of: Writing, claim: CreditClaim) -> None:
            grant = request.form.get("decision") == "grant"
            reason, today = request.form.get("reason", ""), services().today()
            decide_claim(
                of.session, of.actor, of.now, claim, grant=grant, reason=reason, today=today
            )

        return self._done(key, "decide_claim", operation, "decide")

    @expose("/<key>/withdraw", methods=["POST"])  # type: ignore[untyped-decorator]
    def withdraw(self, key: str) -> Page:
        def operation(of: Writing, claim: CreditClaim) -> None:
            withdraw_claim(of.session, of.actor, of.now, claim)

        return self._done(key, "read_claims", operation, "withdraw")

    def _done(
        self,
        key: str,
        right: str,
        operation: Callable[[Writing, CreditClaim], None],
        form: str,
    ) -> Page:
        """Carry out one operation; a refusal is shown on the claim, with what was typed."""
        allow(current_actor(), right)
        try:
            with writing() as of:
                operation(of, find_claim(of.session, of.actor, key))
        except KaohengError as error:
            if error.kind in (Kind.MISSING, Kind.DENIED):
                raise
            with services().database.read() as session:
                claim = find_claim(session, current_actor(), key)
                shown = claim_shown(session, current_actor(), claim) | {
                    "refused": form,
                    "lines": fault_lines(error),
                    "typed": request.form,
                }
                page = self.render(self.details_template, row=claim, **shown)
            return str(page), status_of(error)
        return redirect(url_for("claims.details", key=key), 303)


def register(app: Flask) -> None:
    app.jinja_env.filters.update(credit_lines=from_kept)


def claim_shown(session: Session, actor: Actor, claim: CreditClaim) -> dict[str, Any]:
    """Return what a claim's page lays out, and what its reader may do."""
    proposal = standing_proposal(claim)
    mine = {actor.person_id, actor.own_person_id} - {None}
    own = claim.person_id in mine
    answers = proposal.concerned if proposal else ()
    asks_me = any(each.person_id == actor.oneself and each.answer is None for each in answers)
    concerned = {each.person_id for each in answers}
    pending = claim.state in PENDING
    return {
        "credits": credits_of(session, claim),
        "proposal": proposal,
        "asks_me": asks_me,
        "may_propose": pending and not own and may(actor, "propose_credits"),
        "may_decide": pending and not own and not mine & concerned and may(actor, "decide_claim"),
        "may_withdraw": claim.state in UNSETTLED and claim.opened_by == actor.account_id,
        "rows": ROWS,
    }


def _lines() -> list[CreditLine]:
    """Return the credit lines of the form; a share that cannot be read counts as none."""
    form = request.form
    columns = (form.getlist(name) for name in ("person", "share", "role", "since"))
    return [
        CreditLine(
            person.strip(), share(part.strip()) or Decimal(0), _role(role.strip()), _day(since)
        )
        for person, part, role, since in zip_longest(*columns, fillvalue="")
        if person.strip()
    ]


def _role(typed: str) -> str:
    """Return the role's code: the form shows the word for it, and a source may have others."""
    return code_of(typed, "credits") if typed else "owner"


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
