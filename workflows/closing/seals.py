"""Sealing reviews one by one, and the cycle with its last; parts of other operations."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session, contains_eager

from engine.canonical import digest
from engine.plain import dumps
from workflows.access.actors import Actor
from workflows.closing.sealed import is_sealed, last_numbers
from workflows.closing.tables import ReviewSeal
from workflows.cycles.digests import digests_of
from workflows.cycles.evaluation import FINAL, Bytes, compute
from workflows.cycles.latest import Computation, computation_of, latest_computation
from workflows.cycles.operations import policy_of
from workflows.cycles.tables import Cycle
from workflows.log.append import append, checkpoint
from workflows.log.leaf import Subject
from workflows.org.tables import Person
from workflows.reviews.tables import Review

# The canonical form spells a key and its text in one way only, and escapes it within texts.
_PERSON = re.compile(rb'"person":("(?:[^"\\]|\\.)*")')


@dataclass(frozen=True, slots=True)
class Torn:
    """A part of somebody's seal that does not come out the same again."""

    person: str
    number: int
    part: str
    sealed: str
    replayed: str


@dataclass(frozen=True, slots=True)
class OwnLines:
    """The lines of inputs, outputs and grants of a computation, each part by person."""

    parts: tuple[dict[bytes, bytes], ...]

    def digests(self, person: str) -> dict[str, str]:
        """Return the SHA-256 of a person's own lines of each part, in hex."""
        code = dumps(person).encode()
        return digests_of(*(part.get(code, b"") for part in self.parts))


def seal_reviews(
    session: Session, actor: Actor, now: datetime, cycle: Cycle, reviews: Sequence[Review]
) -> list[ReviewSeal]:
    """Seal each of ``reviews`` by its own lines of the last computation, under one checkpoint."""
    if not reviews:
        return []
    computation = latest_computation(session, cycle)
    last = last_numbers(session, cycle)
    lines = own_lines(computation.bytes)
    found = []
    for review in reviews:
        number = last.get(review.id, 0) + 1
        digests = lines.digests(review.person.code)
        append(
            session,
            action="seal_review",
            actor=actor,
            subject=Subject("review", review.public_id),
            at=now,
            details={
                "version": cycle.policy_version.digest,
                "number": number,
                "computation": computation.seq,
                **digests,
            },
            person=review.person.public_id,
        )
        found.append((review, number, digests))
    note = checkpoint(session, at=now)
    seals = [
        _seal(cycle, computation, review, number, digests, note, now)
        for review, number, digests in found
    ]
    session.add_all(seals)
    session.flush()
    return seals


def own_lines(whole: Bytes) -> OwnLines:
    """Tell a computation's lines apart by whose they are, in one pass."""
    return OwnLines(tuple(_by_person(each) for each in (whole.inputs, whole.outputs, whole.grants)))


def _by_person(data: bytes) -> dict[bytes, bytes]:
    """Return the canonical JSON lines of each person, in their order, by the code as it is there.

    A line in which several people are is of each of them.
    """
    found: dict[bytes, list[bytes]] = defaultdict(list)
    for line in data.splitlines(keepends=True):
        for person in set(_PERSON.findall(line)):
            found[person].append(line)
    return {person: b"".join(lines) for person, lines in found.items()}


def seals_of_cycle(session: Session, cycle: Cycle) -> list[ReviewSeal]:
    """Return every seal of the cycle's reviews, by person's code and number."""
    return list(
        session.scalars(
            select(ReviewSeal)
            .join(ReviewSeal.review)
            .join(Review.person)
            .options(contains_eager(ReviewSeal.review).contains_eager(Review.person))
            .where(Review.cycle_id == cycle.id)
            .order_by(Person.code, ReviewSeal.number)
        )
    )


def torn_seals(session: Session, cycle: Cycle, seals: Sequence[ReviewSeal]) -> list[Torn]:
    """Compute again what ``seals`` are of, each computation once; return what differs."""
    policy = policy_of(cycle)
    version = digest(policy)
    again: dict[int | None, OwnLines] = {}
    found = []
    for seal in seals:
        if seal.rerun_id not in again:
            kept = computation_of(session, cycle, seal.rerun)
            again[seal.rerun_id] = own_lines(compute(policy, FINAL, kept.bytes.inputs))
        person = seal.review.person.code
        replayed = again[seal.rerun_id].digests(person)
        pairs = {"version": (seal.version_digest, version)} | {
            part: (sealed, replayed[part]) for part, sealed in seal.digests.items()
        }
        found += [
            Torn(person, seal.number, part, sealed, now)
            for part, (sealed, now) in pairs.items()
            if sealed != now
        ]
    return found


def all_are_sealed(session: Session, cycle: Cycle) -> bool:
    """Say whether every review of the cycle has a seal that holds."""
    of_cycle = select(func.count()).select_from(Review).where(Review.cycle_id == cycle.id)
    return session.scalar(of_cycle.where(~is_sealed())) == 0


def _seal(
    cycle: Cycle,
    computation: Computation,
    review: Review,
    number: int,
    digests: dict[str, str],
    note: str,
    now: datetime,
) -> ReviewSeal:
    return ReviewSeal(
        review_id=review.id,
        number=number,
        rerun_id=computation.rerun.id if computation.rerun else None,
        version_digest=cycle.policy_version.digest,
        inputs_sha256=digests["inputs"],
        outputs_sha256=digests["outputs"],
        grants_sha256=digests["grants"],
        checkpoint=note,
        sealed_at=now,
    )
