"""Asking what a policy's draft would do: which cycle, which drafts, against what."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from flask import Blueprint, redirect, render_template, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from admin.errors import status_of
from admin.refusals import lines
from admin.services import services
from admin.sign_in.current import current_actor
from admin.writing import writing
from engine.errors import N_, KaohengError, Kind, refuse
from engine.language.expression import number
from engine.policies import load
from workflows.access.decide import allow_everywhere
from workflows.base.clock import today
from workflows.cycles.operations import find_cycle
from workflows.cycles.pinned import pinned_policy
from workflows.cycles.tables import Cycle
from workflows.rulebook.operations import version_in_force
from workflows.rulebook.reading import edit_by_id
from workflows.rulebook.tables import PolicyDraft, PolicyEdit, PolicyRow, PolicyVersion
from workflows.simulation.operations import MOST_CANDIDATES, are_comparable, simulate

Answer = str | tuple[str, int] | Response
MOST_EDITS, MOST_VERSIONS = 4, 8
blueprint = Blueprint("simulating", __name__, url_prefix="/rulebook")


@dataclass(frozen=True, slots=True)
class Offered:
    """What there is to choose from: cycles, saved edits and versions, each the newest first."""

    policy: PolicyRow
    cycles: list[Cycle]
    edits: list[PolicyEdit]
    versions: list[PolicyVersion]
    in_force: PolicyVersion | None


@blueprint.get("/<code>/simulate")
def ask(code: str) -> Answer:
    """Show the form: the newest edit of the draft is chosen, and the latest cycle."""
    return _form(code)


@blueprint.post("/<code>/simulate")
def begin(code: str) -> Answer:
    """Begin a simulation and go to it; what cannot be simulated is told on the form."""
    allow_everywhere(current_actor(), "simulate")
    try:
        with writing(quiet=True) as of:
            offered = _offered(of.session, code)
            found = simulate(
                of.session,
                of.actor,
                of.now,
                cycle=(cycle := find_cycle(of.session, request.form.get("cycle", ""))),
                candidates=[
                    _candidate(of.session, offered, each) for each in request.form.getlist("try")
                ],
                against=_against(offered, cycle, request.form.get("against", type=int)),
                budget=_budget(request.form.get("budget", "").strip()),
            )
            key = found.public_id
    except KaohengError as error:
        if error.kind is Kind.MISSING and not _is_there(code):
            raise
        return _form(code, error), status_of(error)
    return redirect(url_for("simulations.details", key=key), 303)


def _form(code: str, error: KaohengError | None = None) -> str:
    allow_everywhere(current_actor(), "simulate")
    with services().database.read() as session:
        offered = _offered(session, code)
        first = [f"draft:{each.id}" for each in offered.edits[:1]]
        return render_template(
            "simulations/ask.html",
            offered=offered,
            tried=request.form.getlist("try") or request.args.getlist("try") or first,
            chosen=request.form.get("cycle") or request.args.get("cycle", ""),
            against=request.form.get("against", type=int),
            budget=request.form.get("budget", ""),
            most=MOST_CANDIDATES,
            lines=lines(error),
            section_of_page="simulations",
        )


def _is_there(code: str) -> bool:
    with services().database.read() as session:
        return session.scalar(select(PolicyRow.id).where(PolicyRow.code == code)) is not None


def _policy(session: Session, code: str) -> PolicyRow:
    policy = session.scalar(select(PolicyRow).where(PolicyRow.code == code))
    if policy is None:
        raise refuse(
            "rulebook.no_version",
            N_("There is no such version of {policy}."),
            N_("See the list of policies."),
            kind=Kind.MISSING,
            policy=code,
        )
    return policy


def _offered(session: Session, code: str) -> Offered:
    policy = _policy(session, code)
    newest = (
        select(PolicyEdit)
        .join(PolicyDraft, PolicyDraft.id == PolicyEdit.draft_id)
        .where(PolicyDraft.policy_id == policy.id, PolicyDraft.state.in_(("open", "submitted")))
        .order_by(PolicyEdit.seq.desc())
        .limit(MOST_EDITS)
    )
    versions = (
        select(PolicyVersion)
        .where(PolicyVersion.policy_id == policy.id)
        .order_by(PolicyVersion.seq.desc())
        .limit(MOST_VERSIONS)
    )
    app = services()
    return Offered(
        policy,
        _cycles(session, policy, edits := list(session.scalars(newest))),
        edits,
        list(session.scalars(versions)),
        version_in_force(session, code, today(app.clock(), app.settings.timezone)),
    )


def _cycles(session: Session, policy: PolicyRow, edits: list[PolicyEdit]) -> list[Cycle]:
    """Return the policy's cycles; those of others that a new one could be tried on, without any."""
    chosen = select(Cycle).join(Cycle.policy_version).order_by(Cycle.starts_on.desc(), Cycle.code)
    own = list(session.scalars(chosen.where(PolicyVersion.policy_id == policy.id)))
    if own or not edits:
        return own
    try:
        draft = load(edits[0].text, policy.code)
    except KaohengError:
        return []  # its faults are told on the draft's page
    return [each for each in session.scalars(chosen) if are_comparable(pinned_policy(each), draft)]


def _candidate(session: Session, offered: Offered, named: str) -> PolicyEdit | PolicyVersion:
    kind, _, number_ = named.partition(":")
    if kind == "draft" and number_.isdecimal():
        return edit_by_id(session, offered.policy.code, int(number_))
    return _version(offered, int(number_) if number_.isdecimal() else 0)


def _against(offered: Offered, cycle: Cycle, seq: int | None) -> PolicyVersion:
    if cycle.policy_version.policy_id != offered.policy.id:
        return cycle.policy_version
    if seq is None and offered.in_force is not None:
        return offered.in_force
    return _version(offered, seq or 0)


def _version(offered: Offered, seq: int) -> PolicyVersion:
    found = next((each for each in offered.versions if each.seq == seq), None)
    if found is None:
        raise refuse(
            "rulebook.no_version",
            N_("There is no such version of {policy}."),
            N_("See the list of policies."),
            policy=offered.policy.code,
        )
    return found


def _budget(typed: str) -> Decimal | None:
    if not typed:
        return None
    try:
        return number(typed.replace(",", "").replace("，", "").replace("%", "?"))
    except ValueError as error:
        raise refuse(
            "simulation.budget_unreadable",
            N_("“{typed}” is no amount."),
            N_("Write digits, as in 500000 or 500,000.00."),
            typed=typed[:40],
        ) from error
