"""A submission's page: what is to be decided, by whom, and the buttons of those who may."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import partial

from flask import Blueprint, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from admin.errors import status_of
from admin.rulebook.live import in_words
from admin.rulebook.views import Answer, refused_on_draft
from admin.services import services
from admin.sign_in.current import current_actor
from admin.writing import Writing, writing
from engine.canonical import from_canonical
from engine.errors import N_, KaohengError, Kind, refuse
from engine.periods import Period
from engine.sheets.trails import standing
from workflows.access.actors import Actor
from workflows.access.decide import allow_everywhere, may_everywhere
from workflows.publishing.approving import (
    Approvals,
    approvals_of,
    approve_submission,
    brought,
    publish_submission,
)
from workflows.publishing.consents import read_consents
from workflows.publishing.days import first_governed
from workflows.publishing.reading import open_submission, submission_to_read
from workflows.publishing.retroactive import ask_again
from workflows.publishing.submitting import submit_draft, withdraw_submission
from workflows.publishing.tables import Consent, Submission
from workflows.rulebook.checking import Findings, doubts, findings
from workflows.rulebook.drafts import copy_version
from workflows.rulebook.forms import form_of
from workflows.rulebook.operations import version_in_force
from workflows.rulebook.reading import author_names, open_draft, version_to_read
from workflows.rulebook.tables import PolicyVersion
from workflows.simulation.reading import simulations_of

blueprint = Blueprint("submissions", __name__, url_prefix="/rulebook")


@dataclass(frozen=True, slots=True)
class Shown:
    """A submission with all that whoever decides on it should see.

    ``before`` is what is in force on its first day without it, ``governs`` its first period.
    """

    submission: Submission
    before: PolicyVersion | None
    governs: Period
    findings: Findings
    approvals: Approvals
    consents: tuple[Consent, ...]
    authors: tuple[str, ...]
    is_author: bool

    @property
    def is_open(self) -> bool:
        return self.submission.state == "open"

    @property
    def unanswered(self) -> int:
        """How many were asked for their consent and have not given it."""
        return sum(each.answer != "given" for each in self.consents)


@blueprint.post("/<code>/submit")
def submit(code: str) -> Answer:
    allow_everywhere(current_actor(), "submit_policy")
    try:
        with writing() as of:
            submit_draft(
                of.session,
                of.actor,
                of.now,
                open_draft(of.session, code),
                seen=request.form.get("seen", default=0, type=int),
                today=services().today(),
                reason=request.form.get("reason", ""),
                effective_on=_first_day(),
                is_retroactive="retroactive" in request.form,
            )
    except KaohengError as error:
        return refused_on_draft(code, error)
    return redirect(url_for("submissions.submission", code=code), 303)


@blueprint.get("/<code>/submission")
def submission(code: str) -> str:
    with services().database.read() as session:
        return _page(session, code)


@blueprint.get("/<code>/submission/warnings")
def warnings(code: str) -> str:
    """What is doubtful in the version; it takes a second, and so comes after the page."""
    with services().database.read() as session:
        text = submission_to_read(session, current_actor(), code).frozen.text
    form, found = form_of(text, code), doubts(text, code)
    found = found and in_words(form, found)
    return render_template(
        "rulebook/doubts.html", found=found, placed={}, general=found or (), labels=standing(form)
    )


@blueprint.post("/<code>/submission/approve")
def approve(code: str) -> Answer:
    needed = services().settings.rule_approvals
    return _decide(code, "approve_policy", partial(approve_submission, needed=needed))


@blueprint.post("/<code>/submission/publish")
def publish(code: str) -> Answer:
    carry_out = partial(
        publish_submission,
        today=services().today(),
        reason=request.form.get("reason", ""),
        needed=services().settings.rule_approvals,
        consultation=services().settings.consultation,
    )
    return _decide(code, "publish_policy", carry_out, to="rulebook.policy")


@blueprint.post("/<code>/submission/withdraw")
def withdraw(code: str) -> Answer:
    return _decide(code, "submit_policy", withdraw_submission, to="rulebook.draft")


@blueprint.post("/<code>/submission/ask")
def ask(code: str) -> Answer:
    """Ask those for their consent whom newer figures make worse off as well."""
    with writing() as of:
        allow_everywhere(of.actor, "submit_policy")
        found = open_submission(of.session, code)
        ask_again(of.session, of.actor, of.now, found, services().today())
    return redirect(url_for("submissions.submission", code=code), 303)


@blueprint.post("/<code>/versions/<int:seq>/copy")
def copy(code: str, seq: int) -> Response:
    with writing() as of:
        allow_everywhere(of.actor, "draft_policy")
        version = version_to_read(of.session, code, seq, on=services().today())
        copy_version(of.session, of.actor, of.now, version)
    return redirect(url_for("rulebook.draft", code=code), 303)


def shown(session: Session, actor: Actor, code: str) -> Shown:
    """Return the policy's newest submission as its page has it."""
    found = submission_to_read(session, actor, code)
    before = _before(session, found)
    edit = found.frozen
    return Shown(
        submission=found,
        before=before,
        governs=first_governed(from_canonical(edit.canonical), found.effective_on),
        findings=findings(edit.text, edit.cases, before, code),
        approvals=approvals_of(session, found, services().settings.rule_approvals),
        consents=tuple(read_consents(session, actor, found)),
        authors=tuple(author_names(session, found.draft)),
        is_author=brought(session, actor, found),
    )


def _before(session: Session, of: Submission) -> PolicyVersion | None:
    """Return what the submission is compared with; once it is published, what it began from."""
    if of.state == "published":
        return of.draft.base
    return version_in_force(session, of.draft.policy.code, of.effective_on)


def _decide(
    code: str,
    operation: str,
    carry_out: Callable[..., object],
    to: str = "submissions.submission",
) -> Answer:
    """Carry a decision out; where it is refused, show the submission with the reasons."""
    allow_everywhere(current_actor(), operation)
    try:
        with writing() as of:
            _carried_out(of, code, carry_out)
    except KaohengError as error:
        if error.kind is Kind.MISSING:
            raise
        with services().database.read() as session:
            return _page(session, code, refusal=error), status_of(error)
    return redirect(url_for(to, code=code), 303)


def _carried_out(of: Writing, code: str, carry_out: Callable[..., object]) -> None:
    found = open_submission(of.session, code)
    seen = request.form.get("seen", default=-1, type=int)
    carry_out(of.session, of.actor, of.now, found, seen=seen)


def _page(session: Session, code: str, refusal: KaohengError | None = None) -> str:
    actor = current_actor()
    found = shown(session, actor, code)
    digest = found.submission.frozen.digest
    return render_template(
        "rulebook/submission.html",
        shown=found,
        simulations=simulations_of(session, digest),
        digest=digest,
        policy_code=code,
        may_approve=may_everywhere(actor, "approve_policy"),
        may_publish=may_everywhere(actor, "publish_policy"),
        may_submit=may_everywhere(actor, "submit_policy"),
        actor=actor,
        refusal=refusal,
        reason=request.form.get("reason", ""),
    )


def _first_day() -> date | None:
    """Return the day that was typed; None without one. Refuses what is no day."""
    typed = request.form.get("first_day", "").strip()
    if not typed:
        return None
    try:
        return date.fromisoformat(typed)
    except ValueError:
        raise refuse(
            "publishing.no_day", N_("“{text}” is not a day."), N_("Write 2026-04-01."), text=typed
        ) from None
