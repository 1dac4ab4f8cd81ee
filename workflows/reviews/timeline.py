"""Everything that happened to one review, in its order, each with its entry in the log."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from engine.model import Transition
from workflows.access.actors import Actor
from workflows.access.decide import may_everywhere, people
from workflows.accounts.tables import Account
from workflows.cycles.operations import policy_of
from workflows.cycles.tables import Cycle
from workflows.incentives.tables import LedgerEntry
from workflows.log.tables import LogEntry
from workflows.reviews.tables import GradeChange, Review, ReviewMove

CYCLE_ACTIONS = (
    "open_cycle",
    "give_figures",
    "lock_cycle",
    "approve_cycle",
    "decide_proposal",
    "rerun_cycle",
    "close_cycle",
)


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened; ``what`` is the action's code, ``seq`` its number in the log.

    ``by`` is a user name, or empty for the system's own doing; ``behalf`` is whom a stand-in
    acted for. ``move``, ``change`` and
    ``grants`` are what it is about, where it is that.
    """

    at: datetime
    what: str
    by: str = ""
    behalf: str | None = None
    seq: int | None = None
    move: ReviewMove | None = None
    step: Transition | None = None
    change: GradeChange | None = None
    grants: tuple[LedgerEntry, ...] = field(default=())


def timeline(session: Session, actor: Actor, review: Review) -> list[Event]:
    """Return the review's events, the earliest first.

    The caller has made sure that ``actor`` may see the review; grants are left out for those
    who may not see the ledger of its person, log numbers for those who may not list the log.
    """
    log = _Log(session, review)
    events = [
        *_of_the_cycle(log),
        *_moves(session, review, log),
        *_changes(session, review, log),
        *_grants(session, actor, review),
    ]
    # Grants, which have no entry of their own, come after what gave them.
    events.sort(key=lambda event: (event.at, event.seq is None, event.seq or 0))
    if may_everywhere(actor, "list_log"):
        return events
    return [replace(event, seq=None) for event in events]


class _Log:
    """The log's entries on the review and its cycle, and the names of who acted."""

    def __init__(self, session: Session, review: Review) -> None:
        on_review = (LogEntry.subject_kind == "review") & (LogEntry.subject_id == review.public_id)
        on_cycle = (LogEntry.subject_kind == "cycle") & (LogEntry.subject_id == review.cycle.code)
        found = select(LogEntry).where(or_(on_review, on_cycle)).order_by(LogEntry.seq)
        self.by_action: dict[str, list[LogEntry]] = defaultdict(list)
        for entry in session.scalars(found):
            self.by_action[entry.action].append(entry)
        self._names = dict(session.execute(select(Account.public_id, Account.username)).all())
        self._accounts = dict(session.execute(select(Account.id, Account.username)).all())

    def named(self, public_id: str | None) -> str:
        return self._names.get(public_id, "") if public_id else ""

    def account(self, account_id: int | None) -> str:
        return self._accounts.get(account_id, "") if account_id else ""

    def nth(self, action: str, place: int) -> LogEntry | None:
        """Return the entry of the review's ``place``-th action of this kind; each wrote one."""
        entries = self.by_action[action]
        return entries[place] if place < len(entries) else None


def _of_the_cycle(log: _Log) -> Iterator[Event]:
    for action in CYCLE_ACTIONS:
        for entry in log.by_action[action]:
            behalf = log.named(entry.on_behalf_of) or None
            yield Event(entry.at, action, log.named(entry.actor), behalf, entry.seq)


def _moves(session: Session, review: Review, log: _Log) -> Iterator[Event]:
    policy = policy_of(review.cycle)
    steps = {step.code: step for step in policy.workflow.transitions} if policy.workflow else {}
    moves = select(ReviewMove).where(ReviewMove.review_id == review.id).order_by(ReviewMove.id)
    for place, move in enumerate(session.scalars(moves)):
        entry = log.nth("move_review", place)
        yield Event(
            move.moved_at,
            "move_review",
            log.account(move.actor_id),
            log.named(move.on_behalf_of) or None,
            entry.seq if entry else None,
            move=move,
            step=steps.get(move.transition),
        )


def _changes(session: Session, review: Review, log: _Log) -> Iterator[Event]:
    changes = select(GradeChange).where(GradeChange.review_id == review.id).order_by(GradeChange.id)
    for place, change in enumerate(session.scalars(changes)):
        entry = log.nth("calibrate_review", place)
        yield Event(
            change.changed_at,
            "calibrate_review",
            log.account(change.actor_id),
            log.named(change.on_behalf_of) or None,
            entry.seq if entry else None,
            change=change,
        )


def _grants(session: Session, actor: Actor, review: Review) -> Iterator[Event]:
    entries = session.scalars(
        select(LedgerEntry)
        .join(LedgerEntry.person)
        .where(LedgerEntry.review_id == review.id, people(actor, "list_ledger"))
        .order_by(LedgerEntry.id)
    )
    by_moment: dict[datetime, list[LedgerEntry]] = defaultdict(list)
    for entry in entries:
        by_moment[entry.entered_at].append(entry)
    for at, together in by_moment.items():
        yield Event(at, "enter_grants", grants=tuple(together))


def readable_review(session: Session, actor: Actor, key: str) -> Review | None:
    """Return the review that an address calls ``key``, or None for what the actor may not see."""
    return session.scalar(
        select(Review)
        .join(Review.person)
        .join(Cycle, Review.cycle_id == Cycle.id)
        .where(Review.public_id == key, people(actor, "list_reviews"))
    )
