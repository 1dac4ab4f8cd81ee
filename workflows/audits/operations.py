"""Drawing a sample of results, signing each off or finding fault, and following what was found."""

from __future__ import annotations

import hashlib
import uuid
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from engine.errors import N_, KaohengError, Kind, Place, refuse
from engine.model import Bilingual
from engine.plain import dumps
from workflows.access.actors import Actor
from workflows.access.approvals import is_by
from workflows.access.decide import allow_everywhere, allow_person, denied
from workflows.audits.drawing import draw
from workflows.audits.tables import (
    ANSWERED,
    FINDING,
    OPEN,
    SETTLED,
    SOUND,
    AuditedResult,
    ResultAudit,
)
from workflows.base.conditional import change_if
from workflows.base.states import state_named
from workflows.closing.seals import own_lines
from workflows.cycles.evaluation import FINAL, compute, evaluation_of
from workflows.cycles.latest import latest_computation
from workflows.cycles.operations import policy_of
from workflows.cycles.tables import Cycle
from workflows.log.append import append
from workflows.log.leaf import Subject
from workflows.reviews.of_cycle import reviews_of
from workflows.reviews.tables import Review
from workflows.stages.naming import cycle_called

STRATA = ("unit", "grade", "unit_and_grade")
# What is looked at before a result is signed off: all of it.
CHECKS = ("replay", "explanation", "records")
_NAMES = {
    "replay": Bilingual("重算", "computed again"),
    "explanation": Bilingual("数字怎么来的", "how the numbers came about"),
    "records": Bilingual("所依据的记录", "the records behind them"),
}
MOST = 500
LONGEST = 4000


def draw_sample(
    session: Session,
    actor: Actor,
    now: datetime,
    cycle: Cycle,
    *,
    size: int,
    strata: str = "unit_and_grade",
    seed: str = "",
) -> ResultAudit:
    """Draw ``size`` results of an approved cycle, shared out over its units and grades.

    Without a ``seed`` it follows from the results themselves and the number of the audit, so
    that nobody has chosen it. Raises ``KaohengError``: ``DENIED``, ``INVALID`` for a size or
    strata that cannot be, ``CONFLICT`` before the approval.
    """
    allow_everywhere(actor, "audit_results")
    _require_sizes(size, strata)
    _require_results(cycle)
    reviews = {each.public_id: each for each in reviews_of(session, cycle)}
    strata_of = {key: _stratum(each, strata) for key, each in reviews.items()}
    seq, own_seed = _next(session, cycle)
    seed = seed.strip() or own_seed
    drawn = _drawn(strata_of, size, seed)
    assert actor.account_id is not None, "an auditor has an account"
    audit = ResultAudit(
        public_id=uuid.uuid4().hex,
        cycle_id=cycle.id,
        seq=seq,
        size=size,
        strata=strata,
        seed=seed,
        population=len(reviews),
        population_sha256=hashlib.sha256(dumps(strata_of).encode()).hexdigest(),
        drawn_by=actor.account_id,
        drawn_at=now,
        lines=[_line(reviews[key], stratum) for stratum, key in drawn],
    )
    session.add(audit)
    session.flush()
    _log_drawn(session, actor, now, cycle, audit, [key for _, key in drawn])
    return audit


def _next(session: Session, cycle: Cycle) -> tuple[int, str]:
    """Return the number of the cycle's next audit, and the seed that nobody chooses."""
    of_cycle = select(func.max(ResultAudit.seq)).where(ResultAudit.cycle_id == cycle.id)
    seq = (session.scalar(of_cycle) or 0) + 1
    outputs = evaluation_of(session, cycle, FINAL).digests["outputs"]
    return seq, f"{outputs[:16]}-{seq}"


def _drawn(strata_of: Mapping[str, str], size: int, seed: str) -> list[tuple[str, str]]:
    """Return the stratum and the id of each that is drawn."""
    groups: dict[str, list[str]] = defaultdict(list)
    for key, stratum in strata_of.items():
        groups[stratum].append(key)
    drawn = draw(groups, size, seed)
    return [(stratum, key) for stratum, keys in drawn.items() for key in keys]


def _line(review: Review, stratum: str) -> AuditedResult:
    return AuditedResult(review_id=review.id, stratum=stratum, state=OPEN, version=0, checks=[])


def _log_drawn(
    session: Session,
    actor: Actor,
    now: datetime,
    cycle: Cycle,
    audit: ResultAudit,
    drawn: Sequence[str],
) -> None:
    append(
        session,
        action="draw_sample",
        actor=actor,
        subject=Subject("cycle", cycle.code),
        at=now,
        details={
            "audit": audit.public_id,
            "size": audit.size,
            "strata": audit.strata,
            "seed": audit.seed,
            "population": audit.population,
            "population_sha256": audit.population_sha256,
            "drawn": list(drawn),
        },
    )


def check_result(
    session: Session,
    actor: Actor,
    now: datetime,
    line: AuditedResult,
    *,
    sound: bool,
    checks: Collection[str] = (),
    note: str = "",
    seen: int | None = None,
) -> None:
    """Sign a result off, or say what was found; it is computed again for it, and never changed.

    Raises ``KaohengError``: ``DENIED`` for others and for one's own result, ``INVALID`` for a
    sign-off with something not looked at or that does not compute to the same bytes, and for a
    finding without words, ``CONFLICT`` where somebody was first.
    """
    allow_person(session, actor, "audit_results", line.review.person_id)
    if line.state != OPEN or seen not in (None, line.version):
        raise _changed(line)  # before the whole cycle is computed again for it
    said, looked_at = note.strip()[:LONGEST], [each for each in CHECKS if each in checks]
    same = replays(session, line.audit.cycle, [line.review])[line.review_id]
    if sound:
        _require_looked_at(looked_at)
        _require_same(same)
    elif not said:
        raise _words_needed(N_("Say what was found, and where."), "note")
    values: dict[str, Any] = {
        "checks": looked_at,
        "replayed": same,
        "note": said or None,
        "checked_by": actor.account_id,
        "checked_at": now,
    }
    _move(session, line, (OPEN,), SOUND if sound else FINDING, seen, **values)
    details = {"checks": looked_at, "replayed": same}
    _log(session, "check_result", actor, now, line, said, **details)


def answer_finding(
    session: Session,
    actor: Actor,
    now: datetime,
    line: AuditedResult,
    *,
    answer: str,
    seen: int | None = None,
) -> None:
    """Say what is done about a finding; results are corrected by their own operations alone."""
    allow_person(session, actor, "answer_finding", line.review.person_id)
    said = answer.strip()[:LONGEST]
    if not said:
        raise _words_needed(N_("Say what was done about it, or why nothing is."), "answer")
    values = {"answer": said, "answered_by": actor.account_id, "answered_at": now}
    _move(session, line, (FINDING,), ANSWERED, seen, **values)
    _log(session, "answer_finding", actor, now, line, said)


def settle_finding(
    session: Session,
    actor: Actor,
    now: datetime,
    line: AuditedResult,
    *,
    settled: bool,
    note: str = "",
    seen: int | None = None,
) -> None:
    """Accept the answer to a finding, or leave it open with what is still missing.

    Whoever gave the answer does not judge it.
    """
    allow_person(session, actor, "audit_results", line.review.person_id)
    if line.answerer is not None and is_by(actor, line.answerer):
        raise denied("audit_results")
    said = note.strip()[:LONGEST]
    if not settled and not said:
        raise _words_needed(N_("Say what the answer leaves open."), "note")
    values = {} if settled else {"note": f"{line.note}\n\n{said}"[-LONGEST:]}
    _move(session, line, (ANSWERED,), SETTLED if settled else FINDING, seen, **values)
    _log(session, "settle_finding", actor, now, line, said)


def replays(session: Session, cycle: Cycle, reviews: Collection[Review]) -> dict[int, bool]:
    """Say, by review, whether the person's own result computes again to the same bytes."""
    kept = latest_computation(session, cycle).bytes
    again = own_lines(compute(policy_of(cycle), FINAL, kept.inputs))
    before = own_lines(kept)
    return {
        review.id: before.digests(review.person.code) == again.digests(review.person.code)
        for review in reviews
    }


def _stratum(review: Review, strata: str) -> str:
    unit = review.team.code if review.team else "-"
    grade = review.calibrated_grade or review.grade or "-"
    return {"unit": unit, "grade": grade, "unit_and_grade": f"{unit} · {grade}"}[strata]


def _require_sizes(size: int, strata: str) -> None:
    if not 1 <= size <= MOST:
        raise refuse(
            "audits.size",
            N_("A sample has 1 to {most} results."),
            N_("Draw a smaller one, or several."),
            place=Place(path="size"),
            most=MOST,
        )
    if strata not in STRATA:
        raise refuse(
            "audits.strata",
            N_("A sample cannot be shared out by “{strata}”."),
            N_("Write one of: {known}."),
            place=Place(path="strata"),
            strata=strata,
            known=", ".join(STRATA),
        )


def _require_results(cycle: Cycle) -> None:
    if cycle.state not in ("approved", "sealed"):
        raise refuse(
            "audits.no_results",
            N_("The results of {cycle} are not approved yet."),
            N_("Draw the sample once they are."),
            kind=Kind.CONFLICT,
            cycle=cycle_called(cycle),
        )


def _require_looked_at(checks: Collection[str]) -> None:
    if left := [_NAMES[each] for each in CHECKS if each not in checks]:
        raise refuse(
            "audits.not_looked_at",
            N_("Not everything was looked at yet: {left}."),
            N_("Look at it and tick it, or say what was found."),
            place=Place(path="checks"),
            left=Bilingual(
                "、".join(each.zh for each in left), ", ".join(each.en for each in left)
            ),
        )


def _require_same(same: bool) -> None:
    if not same:
        raise refuse(
            "audits.differs",
            N_("This result does not compute again to the same bytes."),
            N_("Record it as a finding; `kaoheng cycle replay` names what differs."),
            place=Place(path="checks"),
        )


def _move(
    session: Session,
    line: AuditedResult,
    before: tuple[str, ...],
    state: str,
    seen: int | None,
    **values: Any,
) -> None:
    version = line.version if seen is None else seen
    moved = change_if(
        session,
        update(AuditedResult)
        .where(
            AuditedResult.id == line.id,
            AuditedResult.state.in_(before),
            AuditedResult.version == version,
        )
        .values(state=state, version=version + 1, **values),
    )
    session.refresh(line)
    if not moved:
        raise _changed(line)


def _changed(line: AuditedResult) -> KaohengError:
    return refuse(
        "audits.changed",
        N_("This line of the audit has changed since you opened it: it is {state} now."),
        N_("Look at it as it is now, then decide again."),
        kind=Kind.CONFLICT,
        state=state_named("audit_lines", line.state),
    )


def _words_needed(remedy: str, field: str) -> KaohengError:
    return refuse(
        "audits.words_needed", N_("Nothing is written here."), remedy, place=Place(path=field)
    )


def _log(
    session: Session,
    action: str,
    actor: Actor,
    now: datetime,
    line: AuditedResult,
    text: str,
    **details: Any,
) -> None:
    append(
        session,
        action=action,
        actor=actor,
        subject=Subject("review", line.review.public_id),
        at=now,
        details={"audit": line.audit.public_id, "state": line.state, **details},
        personal={"text": text} if text else {},
        person=line.review.person.public_id,
    )
