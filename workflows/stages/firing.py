"""What happens when a stage's time has come: reminders, silence, escalation.

Each looks whether the review is still where it was: whoever moves one drops its timers in the
same transaction, so what fires here has something to do.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.errors import N_
from engine.model import Bilingual, StageDetail
from engine.stages import detail_of
from workflows.access.decide import roles_towards
from workflows.access.naming import movers_named
from workflows.access.policy import Role
from workflows.accounts.holders import holders_of
from workflows.accounts.operations import actor_of_account
from workflows.accounts.tables import Account
from workflows.base.clock import timezone_of, today
from workflows.cycles.pinned import pinned_policy
from workflows.notices.operations import notify
from workflows.org.leading import manager_of
from workflows.reviews.movers import Mover, movers_of
from workflows.reviews.moves import move_by_itself
from workflows.reviews.steps import find_step
from workflows.reviews.tables import Review
from workflows.stages.naming import cycle_name, stage_of
from workflows.stages.setting import DEADLINE, ESCALATION, REMINDER
from workflows.timers.registry import timer

WAITING = "/#waiting"


@dataclass(frozen=True, slots=True)
class Occasion:
    """A review whose stage has come to a time, and what the policy says of the stage.

    ``words`` are what each message names: the cycle, the stage, the deadline's day.
    """

    session: Session
    now: datetime
    on: date
    review: Review
    detail: StageDetail
    words: Mapping[str, Any]

    def key(self, what: str) -> str:
        """Name what is told of all reviews of a cycle together: one notice, not thirty."""
        return f"{what}:{self.review.cycle.code}:{self.review.stage}:{self.words['day']}"


@timer(REMINDER)
def remind(session: Session, due_at: datetime, about: Mapping[str, Any]) -> None:
    """Remind those for whom the review waits that its deadline is near."""
    occasion = _occasion(session, due_at, about)
    if occasion is None:
        return
    key = occasion.key(f"stage_reminder:{occasion.on.isoformat()}")
    for mover in _movers(occasion):
        if mover.role == "owner":
            message = N_("{cycle}: your review waits for you in {stage} until {day}.")
        else:
            message = N_("{cycle}: reviews wait for you in {stage} until {day}.")
        _tell(occasion, _people(occasion, mover), key, message, link=_link(occasion, mover))


@timer(DEADLINE)
def end(session: Session, due_at: datetime, about: Mapping[str, Any]) -> None:
    """Let silence move the review on, or tell those for whom it waits that it is late."""
    occasion = _occasion(session, due_at, about)
    if occasion is None:
        return
    if occasion.detail.silence is not None:
        _by_silence(occasion, occasion.detail.silence)
        return
    key = occasion.key("stage_deadline")
    message = N_("{cycle}: {stage} was due by {day}, and still waits for you.")
    for mover in _movers(occasion):
        people, link = _people(occasion, mover), _link(occasion, mover)
        _tell(occasion, people, key, message, link=link, tone="warn")


@timer(ESCALATION)
def escalate(session: Session, due_at: datetime, about: Mapping[str, Any]) -> None:
    """Tell those above that a review is still waiting, and for whom."""
    occasion = _occasion(session, due_at, about)
    if occasion is None or occasion.detail.escalate is None:
        return
    message = N_("{cycle}: {stage} was due by {day}, and still waits for {people}.")
    for mover in _movers(occasion):
        late = mover.person.public_id if mover.person else mover.role
        key = occasion.key(f"stage_escalation:{late}")
        above = _above(occasion, mover, occasion.detail.escalate.to)
        _tell(occasion, above, key, message, link="/reviews/", tone="bad", people=_named(mover))


def _occasion(session: Session, now: datetime, about: Mapping[str, Any]) -> Occasion | None:
    review = session.scalar(select(Review).where(Review.public_id == about["review"]))
    if review is None or review.stage != about["stage"]:
        return None
    detail = detail_of(pinned_policy(review.cycle), review.stage)
    if detail is None:
        return None
    words = {
        "cycle": cycle_name(review.cycle),
        "stage": _in_both(stage_of(review)),
        "day": about["day"],
    }
    return Occasion(session, now, today(now, timezone_of(session)), review, detail, words)


def _by_silence(occasion: Occasion, transition: str) -> None:
    review, policy = occasion.review, pinned_policy(occasion.review.cycle)
    name = find_step(policy, transition).name
    key = f"{occasion.key('stage_silence')}:{review.public_id}:{review.version}"
    move_by_itself(occasion.session, occasion.now, review, policy, transition)
    _tell(
        occasion,
        [review.person_id],
        key,
        N_("{cycle}: {stage} ended on {day} without a word, which counts as: {transition}."),
        link=f"/reviews/{review.public_id}",
        transition=_in_both(name),
    )


def _movers(occasion: Occasion) -> tuple[Mover, ...]:
    return movers_of(occasion.session, [occasion.review], occasion.on)[occasion.review.id]


def _people(occasion: Occasion, mover: Mover) -> Iterable[int | Account]:
    """Return who a mover is: the one person, or everybody with the role towards the review."""
    return [mover.person.id] if mover.person else _with_role(occasion, mover.role)


def _with_role(occasion: Occasion, role: str) -> Iterator[Account]:
    for account in holders_of(occasion.session, [Role(role)]):
        towards = roles_towards(
            occasion.session,
            actor_of_account(account),
            "list_reviews",
            occasion.review.person_id,
        )
        if role in towards:
            yield account


def _above(occasion: Occasion, mover: Mover, to: Iterable[str]) -> Iterator[int | Account]:
    for each in to:
        superior = (
            manager_of(occasion.session, mover.person.id, occasion.on)
            if each == "superior" and mover.person
            else None
        )
        if superior is not None:
            yield superior.id
        else:  # whoever has nobody above them is HR's to ask
            yield from _with_role(occasion, "hr")


def _named(mover: Mover) -> dict[str, str]:
    if mover.person is not None:
        return {"zh": mover.person.name, "en": mover.person.name}
    return _in_both(movers_named([mover.role]))


def _in_both(name: Bilingual) -> dict[str, str]:
    return {"zh": name.zh, "en": name.en}


def _link(occasion: Occasion, mover: Mover) -> str:
    return f"/reviews/{occasion.review.public_id}" if mover.role == "owner" else WAITING


def _tell(
    occasion: Occasion,
    told: Iterable[int | Account],
    key: str,
    message: str,
    *,
    link: str,
    tone: str = "calm",
    **more: Any,
) -> None:
    for each in told:
        notify(
            occasion.session,
            occasion.now,
            each,
            key,
            message,
            link=link,
            tone=tone,
            **occasion.words,
            **more,
        )
