"""What happens when a stage's time has come: reminders, silence, escalation.

Each looks whether the review is still where it was: whoever moves one drops its timers in the
same transaction, so what fires here has something to do.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from engine.errors import N_
from engine.model import Bilingual, StageDetail
from engine.stages import detail_of
from workflows.access.decide import roles_towards_each
from workflows.access.naming import movers_named
from workflows.access.policy import Role
from workflows.accounts.holders import holders_of
from workflows.accounts.operations import actor_of_account
from workflows.accounts.tables import Account
from workflows.base.clock import timezone_of, today
from workflows.closing.overdue import HELD, held_over
from workflows.cycles.pinned import pinned_policy
from workflows.notices.operations import notify
from workflows.org.leading import manager_of
from workflows.reviews.movers import Mover, movers_of
from workflows.reviews.moves import move_by_itself
from workflows.reviews.steps import find_step
from workflows.reviews.tables import Review
from workflows.stages.naming import cycle_name, stage_of
from workflows.stages.setting import DEADLINE, ESCALATION, REMINDER
from workflows.timers.registry import About, timer, timers_together

WAITING = "/#waiting"


@dataclass(frozen=True, slots=True)
class Occasion:
    """Reviews of a cycle whose stage has come to a time, and what the policy says of the stage.

    ``words`` are what each message names: the cycle, the stage, the deadline's day.
    """

    session: Session
    now: datetime
    on: date
    reviews: Sequence[Review]
    detail: StageDetail
    words: Mapping[str, Any]

    def key(self, what: str) -> str:
        """Name what is told of all reviews of a cycle together: one notice, not thirty."""
        review = self.reviews[0]
        return f"{what}:{review.cycle.code}:{review.stage}:{self.words['day']}"


@timers_together(REMINDER)
def remind(session: Session, due_at: datetime, abouts: Sequence[About]) -> None:
    """Remind those for whom reviews wait that their deadline is near."""
    for occasion in _occasions(session, due_at, abouts):
        key = occasion.key(f"stage_reminder:{occasion.on.isoformat()}")
        for mover, reviews in _movers(occasion).items():
            if mover.role == "owner":
                message = N_("{cycle}: your review waits for you in {stage} until {day}.")
            else:
                message = N_("{cycle}: reviews wait for you in {stage} until {day}.")
            people = _people(occasion, mover, reviews)
            _tell(occasion, people, key, message, link=_link(mover, reviews))


@timer(DEADLINE)
def end(session: Session, due_at: datetime, about: About) -> None:
    """Let silence move the review on, or tell those for whom it waits that it is late."""
    for occasion in _occasions(session, due_at, [about]):
        if occasion.detail.silence is not None:
            _by_silence(occasion, occasion.detail.silence)
            continue
        key = occasion.key("stage_deadline")
        message = N_("{cycle}: {stage} was due by {day}, and still waits for you.")
        for mover, reviews in _movers(occasion).items():
            people, link = _people(occasion, mover, reviews), _link(mover, reviews)
            _tell(occasion, people, key, message, link=link, tone="warn")


@timers_together(ESCALATION)
def escalate(session: Session, due_at: datetime, abouts: Sequence[About]) -> None:
    """Tell those above that reviews are still waiting, and for whom: each once, of all of them."""
    message = N_("{cycle}: {stage} was due by {day}, and still waits for {people}.")
    for occasion in _occasions(session, due_at, abouts):
        key = occasion.key("stage_escalation")
        late: dict[int | Account, list[Mover]] = {}
        for mover, reviews in _movers(occasion).items():
            for above in _above(occasion, mover, reviews):
                late.setdefault(above, []).append(mover)
        for above, movers in late.items():
            named = _named(movers)
            _tell(occasion, [above], key, message, link="/reviews/", tone="bad", people=named)


def _occasions(session: Session, now: datetime, abouts: Iterable[About]) -> Iterator[Occasion]:
    """Give the reviews that are still where they were, by what they have in common."""
    stages = {about["review"]: (about["stage"], about["day"]) for about in abouts}
    found: dict[tuple[int, str, str], list[Review]] = {}
    for review in _still_there(session, stages):
        stage, day = stages[review.public_id]
        found.setdefault((review.cycle_id, stage, day), []).append(review)
    on = today(now, timezone_of(session))
    for (_, stage, day), reviews in found.items():
        detail = detail_of(pinned_policy(reviews[0].cycle), stage)
        if detail is not None:
            named = _in_both(stage_of(reviews[0]))
            words = {"cycle": cycle_name(reviews[0].cycle), "stage": named, "day": day}
            yield Occasion(session, now, on, reviews, detail, words)


def _still_there(session: Session, stages: Mapping[str, tuple[str, str]]) -> list[Review]:
    reviews = session.scalars(
        select(Review)
        .where(Review.public_id.in_(stages))
        .order_by(Review.id)
        .options(joinedload(Review.person), joinedload(Review.cycle))
    )
    return [each for each in reviews if each.stage == stages[each.public_id][0]]


def _by_silence(occasion: Occasion, transition: str) -> None:
    (review,) = occasion.reviews
    policy = pinned_policy(review.cycle)
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


def _movers(occasion: Occasion) -> dict[Mover, list[Review]]:
    """Return for whom the reviews wait, each with those that wait for them.

    Where that is somebody by name, others whose role may move the review as well need not hear of
    it. Those that are held back wait for nobody.
    """
    found: dict[Mover, list[Review]] = {}
    held = held_over(occasion.session, occasion.reviews)
    movers = movers_of(occasion.session, occasion.reviews, occasion.on)
    for review in occasion.reviews:
        if held.get(review.id) == HELD:
            continue
        by_name = [mover for mover in movers[review.id] if mover.person]
        for mover in by_name or movers[review.id]:
            found.setdefault(mover, []).append(review)
    return found


def _people(occasion: Occasion, mover: Mover, reviews: Sequence[Review]) -> Iterable[int | Account]:
    """Return who a mover is: the one person, or everybody with the role towards the reviews."""
    return [mover.person.id] if mover.person else _with_role(occasion, mover.role, reviews)


def _with_role(occasion: Occasion, role: str, reviews: Sequence[Review]) -> Iterator[Account]:
    people = [review.person_id for review in reviews]
    for account in holders_of(occasion.session, [Role(role)]):
        actor = actor_of_account(account)
        towards = roles_towards_each(occasion.session, actor, "list_reviews", people)
        if any(role in each for each in towards.values()):
            yield account


def _above(occasion: Occasion, mover: Mover, reviews: Sequence[Review]) -> Iterator[int | Account]:
    for each in occasion.detail.escalate.to if occasion.detail.escalate else ():
        superior = (
            manager_of(occasion.session, mover.person.id, occasion.on)
            if each == "superior" and mover.person
            else None
        )
        if superior is not None:
            yield superior.id
        else:  # whoever has nobody above them is HR's to ask
            yield from _with_role(occasion, "hr", reviews)


def _named(movers: Iterable[Mover]) -> dict[str, str]:
    """Name people by their names and the others by their role, in both languages."""
    named = [
        Bilingual(each.person.name, each.person.name) if each.person else movers_named([each.role])
        for each in movers
    ]
    once = list(dict.fromkeys(named))
    return {"zh": "、".join(n.zh for n in once), "en": ", ".join(n.en for n in once)}


def _in_both(name: Bilingual) -> dict[str, str]:
    return {"zh": name.zh, "en": name.en}


def _link(mover: Mover, reviews: Sequence[Review]) -> str:
    return f"/reviews/{reviews[0].public_id}" if mover.role == "owner" else WAITING


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
