"""What a version does to periods that have begun, and the consent of those it makes worse off.

An open cycle keeps its version, so its people are not touched (moving it is an operation of its
own). Touched are begun periods that nobody opened a cycle for yet: there people work towards the
version in force until now.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.canonical import from_canonical
from engine.model import Policy
from engine.periods import Period
from workflows.access.actors import Actor
from workflows.access.decide import allow_everywhere
from workflows.cycles.tables import Cycle
from workflows.publishing.advancing import advance_submission
from workflows.publishing.consents import WorseOff, ask, require_given, worse_off
from workflows.publishing.days import begun
from workflows.publishing.tables import Submission
from workflows.rulebook.operations import log_version
from workflows.rulebook.reading import publications_of
from workflows.rulebook.standing import ruling_of
from workflows.simulation.effect import Effect, effect_of, virtual_cycle


def ask_whom_it_makes_worse_off(
    session: Session, now: datetime, submission: Submission, today: date
) -> int:
    """Ask for the consents that a retroactive submission needs by today's figures."""
    return ask(session, now, submission, worse_off_by(session, submission, today))


def ask_again(
    session: Session, actor: Actor, now: datetime, submission: Submission, today: date
) -> int:
    """Ask those whom newer figures make worse off as well; return how many they are.

    Refuses with ``CONFLICT`` where the submission is over, or somebody asks in this moment.
    """
    allow_everywhere(actor, "submit_policy")
    advance_submission(session, submission, submission.version)
    asked = ask_whom_it_makes_worse_off(session, now, submission, today)
    log_version(
        session,
        "ask_for_consent",
        actor,
        now,
        submission.frozen,
        submission=submission.id,
        asked=asked,
    )
    return asked


def require_consents(session: Session, submission: Submission, today: date) -> None:
    """Refuse unless everybody who is worse off by today's figures has consented."""
    require_given(session, submission, worse_off_by(session, submission, today))


def worse_off_by(session: Session, submission: Submission, today: date) -> list[WorseOff]:
    """Return those whom a submission makes worse off in begun periods, by today's figures."""
    return [
        each
        for period, effect in effects_of(session, submission, today)
        for each in worse_off(period.label, effect)
    ]


def effects_of(
    session: Session, submission: Submission, today: date
) -> Iterator[tuple[Period, Effect]]:
    """Yield what a submission changes in each begun period that it touches."""
    if not submission.is_retroactive:
        return
    after = from_canonical(submission.frozen.canonical)
    for period, before in _touched(session, submission, after, today):
        cycle = virtual_cycle(session, before, period)
        yield period, effect_of(session, cycle, before, after)


def _touched(
    session: Session, submission: Submission, after: Policy, today: date
) -> Iterator[tuple[Period, Policy]]:
    """Yield the begun periods that the version would govern, with the policy that did so far."""
    published = publications_of(session, after.policy)
    for period in begun(after, submission.effective_on, today):
        ruling = ruling_of(published, period.start)
        if ruling is None or _is_opened(session, after.policy, period):
            continue
        is_overridden = (ruling.effective_on or date.min) > submission.effective_on
        before = from_canonical(ruling.version.canonical)
        if not is_overridden and before != after and _has_figures(before, period):
            yield period, before


def _is_opened(session: Session, code: str, period: Period) -> bool:
    return (
        session.scalar(select(Cycle.id).where(Cycle.code == f"{code}@{period.label}")) is not None
    )


def _has_figures(policy: Policy, period: Period) -> bool:
    """Say whether a cycle could have been opened at all: without a target nobody was promised."""
    return all(period.label in dict(rule.company) for rule in policy.targets)
