"""Giving everybody their copy: when a version is published, and when their cycle is opened.

A copy that would say what the current one says is not given again. Statements are few whatever
the number of people: a lock, three reads, an update and an insert.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from engine.canonical import from_canonical
from engine.periods import Period
from workflows.agreements.tables import Agreement, AgreementTerms
from workflows.agreements.terms import Occasion, own_text, sha256, terms_of
from workflows.cycles.population import Member
from workflows.cycles.tables import Cycle
from workflows.log.append import append
from workflows.log.leaf import Subject
from workflows.rulebook.tables import PolicyRow, PolicyVersion

Targets = Mapping[int, Mapping[str, Decimal]]


@dataclass(frozen=True, slots=True)
class _Latest:
    """Somebody's newest copy for a period."""

    id: int
    copy: int
    text: str
    ending: str | None


def deliver(
    session: Session,
    actor_id: str,
    now: datetime,
    version: PolicyVersion,
    occasion: Occasion,
    members: Sequence[Member],
    targets: Targets,
    cycle: Cycle | None = None,
) -> int:
    """Give each member their copy; return how many are new. Appends to the log.

    Copies that say something else end as replaced, and those of whoever is no member any more
    as withdrawn.
    """
    session.execute(select(PolicyRow.id).where(PolicyRow.id == version.policy_id).with_for_update())
    terms = _terms(session, terms_of(occasion))
    latest = _latest(session, version.policy_id, occasion.period.label)
    replaced, kept, rows = [], [], []
    for member in members:
        before = latest.pop(member.person.id, None)
        copy, text = _written(occasion, terms, member, targets.get(member.person.id, {}), before)
        if before is not None and before.copy == copy:
            kept.append(before.id)
            continue
        if before is not None and before.ending is None:
            replaced.append(before.id)
        rows.append(_row(version, occasion, terms, member, cycle, copy, text, now))
    gone = [each.id for each in latest.values() if each.ending is None]
    _end(session, now, replaced=replaced, withdrawn=gone)
    _change(session, [{"id": each, "cycle_id": cycle.id} for each in kept] if cycle else [])
    if rows:
        session.execute(insert(Agreement), rows)
    if rows or gone:
        _log(session, actor_id, now, version, occasion, rows, len(replaced), len(gone))
    return len(rows)


def occasion_of(
    version: PolicyVersion, period: Period, effective_on: date | None, published_at: datetime | None
) -> Occasion:
    """Return what copies of a version for a period are of."""
    return Occasion(
        from_canonical(version.canonical),
        version.digest,
        version.seq,
        period,
        effective_on,
        published_at,
    )


def _terms(session: Session, text: str) -> AgreementTerms:
    """Return the terms that say ``text``, kept once."""
    name = sha256(text)
    found = session.scalar(select(AgreementTerms).where(AgreementTerms.sha256 == name))
    if found is None:
        found = AgreementTerms(sha256=name, text=text)
        session.add(found)
        session.flush()
    return found


def _latest(session: Session, policy_id: int, period: str) -> dict[int, _Latest]:
    rows = session.execute(
        select(Agreement.person_id, Agreement.id, Agreement.copy, Agreement.text, Agreement.ending)
        .where(Agreement.policy_id == policy_id, Agreement.period == period)
        .order_by(Agreement.copy)
    )
    return {row[0]: _Latest(*row[1:]) for row in rows}


def _written(
    occasion: Occasion,
    terms: AgreementTerms,
    member: Member,
    targets: Mapping[str, Decimal],
    before: _Latest | None,
) -> tuple[int, str]:
    """Return the number and the text of somebody's copy: the current one's if it says the same."""

    def text(copy: int) -> str:
        return own_text(
            occasion,
            terms.sha256,
            copy,
            person=(member.person.code, member.person.name),
            team=(member.team.code, member.team.name),
            targets=targets,
        )

    if before is None:
        return 1, text(1)
    same = before.ending is None and text(before.copy) == before.text
    copy = before.copy if same else before.copy + 1
    return copy, text(copy)


def _row(
    version: PolicyVersion,
    occasion: Occasion,
    terms: AgreementTerms,
    member: Member,
    cycle: Cycle | None,
    copy: int,
    text: str,
    now: datetime,
) -> dict[str, object]:
    return {
        "public_id": uuid.uuid4().hex,
        "policy_id": version.policy_id,
        "version_id": version.id,
        "cycle_id": cycle.id if cycle else None,
        "person_id": member.person.id,
        "team_id": member.team.id,
        "period": occasion.period.label,
        "starts_on": occasion.period.start,
        "copy": copy,
        "terms_id": terms.id,
        "text": text,
        "sha256": sha256(text),
        "delivered_at": now,
    }


def _end(session: Session, now: datetime, **ids: list[int]) -> None:
    _change(
        session,
        [
            {"id": each, "ending": ending, "ended_at": now}
            for ending, ended in ids.items()
            for each in ended
        ],
    )


def _change(session: Session, rows: list[dict[str, object]]) -> None:
    if rows:
        session.execute(update(Agreement), rows)


def _log(
    session: Session,
    actor_id: str,
    now: datetime,
    version: PolicyVersion,
    occasion: Occasion,
    rows: list[dict[str, object]],
    replaced: int,
    withdrawn: int,
) -> None:
    """Log how many copies went out, with one digest over the digests of all of them, sorted."""
    digests = sorted(str(row["sha256"]) for row in rows)
    append(
        session,
        action="deliver_agreements",
        actor=actor_id,
        subject=Subject("policy_version", version.digest),
        at=now,
        details={
            "period": occasion.period.label,
            "copies": len(rows),
            "replaced": replaced,
            "withdrawn": withdrawn,
            "sha256": sha256("\n".join(digests)),
        },
    )
