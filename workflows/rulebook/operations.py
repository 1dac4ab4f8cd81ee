"""Versions of policies: taking a text in as one, putting it in force, finding that which is."""

from __future__ import annotations

import hashlib
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine.canonical import canonical_text, digest
from engine.errors import N_, Kind, refuse
from engine.model import Policy
from engine.policies import load
from workflows.access.actors import Actor
from workflows.log.append import append
from workflows.log.leaf import Subject
from workflows.rulebook.shipped import cases_beside, policy_file, shown
from workflows.rulebook.standing import ruling
from workflows.rulebook.tables import PolicyRow, PolicyVersion, Publication


def version_in_force(session: Session, code: str, on: date) -> PolicyVersion | None:
    """Return the version of the policy that is in force on a day, or None."""
    return session.scalar(
        select(PolicyVersion)
        .join(PolicyVersion.policy)
        .where(PolicyRow.code == code, PolicyVersion.id == ruling(PolicyVersion.policy_id, on))
    )


def version_to_come(session: Session, code: str) -> PolicyVersion | None:
    """Return the version that is in force in the end, by all that is published until now."""
    return version_in_force(session, code, date.max)


def first_day(session: Session, code: str) -> date | None:
    """Return the day from which the policy has a version in force; None for always, or never."""
    return session.scalar(
        select(func.min(Publication.effective_on))
        .join(PolicyRow, PolicyRow.id == Publication.policy_id)
        .where(PolicyRow.code == code)
    )


def version_for(
    session: Session, actor: Actor, now: datetime, code: str, on: date
) -> PolicyVersion:
    """Return the version in force on a day, adopting the shipped policy where there is none yet.

    Refuses with ``CONFLICT`` a day before the policy's first.
    """
    found = version_in_force(session, code, on)
    if found is not None:
        return found
    refuse_before_first(session, code, on)
    return adopt_shipped(session, actor, now, code)


def refuse_before_first(session: Session, code: str, on: date) -> None:
    """Refuse with ``CONFLICT`` where the policy is in force only from a day after ``on``."""
    since = first_day(session, code)
    if since is not None and since > on:
        raise refuse(
            "rulebook.not_in_force_yet",
            N_("{policy} is in force from {since}; on {day} it is not."),
            N_("Choose a period that begins on {since} or later, or publish one for this period."),
            kind=Kind.CONFLICT,
            policy=code,
            since=since.isoformat(),
            day=on.isoformat(),
        )


def adopt_shipped(session: Session, actor: Actor, now: datetime, code: str) -> PolicyVersion:
    """Publish the policy that came with the application, where the rulebook has none."""
    path = policy_file(code)
    text = path.read_text(encoding="utf-8")
    policy = load(text, shown(path))
    version = version_of(
        session, policy, text=text, cases=cases_beside(path), author_id=None, now=now
    )
    put_in_force(session, actor, now, version, "随系统附带 · shipped with the application")
    log_version(session, "adopt_shipped_policy", actor, now, version)
    return version


def version_of(
    session: Session,
    policy: Policy,
    *,
    text: str,
    cases: str | None,
    author_id: int | None,
    now: datetime,
) -> PolicyVersion:
    """Return the version that ``policy`` is, making it, ``submitted``, where its digest is new.

    Coming back to what a policy said before is coming back to that version. One that was only
    ever withdrawn says the same in today's words, with today's cases.
    """
    row = policy_row(session, policy)
    name = digest(policy)
    known = session.scalar(
        select(PolicyVersion).where(PolicyVersion.policy_id == row.id, PolicyVersion.digest == name)
    )
    if known is not None:
        if known.state == "withdrawn":
            known.state, known.text, known.cases = "submitted", text, cases
            known.text_sha256, known.author_id, known.created_at = sha256(text), author_id, now
            session.flush()
        return known
    last = session.scalar(
        select(func.max(PolicyVersion.seq)).where(PolicyVersion.policy_id == row.id)
    )
    version = PolicyVersion(
        policy=row,
        seq=(last or 0) + 1,
        digest=name,
        text=text,
        text_sha256=sha256(text),
        canonical=canonical_text(policy),
        cases=cases,
        state="submitted",
        author_id=author_id,
        created_at=now,
    )
    session.add(version)
    session.flush()
    return version


def policy_row(session: Session, policy: Policy) -> PolicyRow:
    """Return the policy's lasting row, with its name as the policy now says it."""
    row = session.scalar(select(PolicyRow).where(PolicyRow.code == policy.policy))
    if row is None:
        row = PolicyRow(code=policy.policy, name={})
        session.add(row)
    row.name = {"zh": policy.name.zh, "en": policy.name.en}
    session.flush()
    return row


def put_in_force(
    session: Session,
    actor: Actor,
    now: datetime,
    version: PolicyVersion,
    reason: str,
    *,
    effective_on: date | None = None,
    is_retroactive: bool = False,
) -> Publication:
    """Make ``version`` the one for periods that begin on ``effective_on`` (None: any) or later."""
    publication = Publication(
        policy_id=version.policy_id,
        version=version,
        effective_on=effective_on,
        published_at=now,
        publisher_id=actor.account_id,
        reason=reason,
        is_retroactive=is_retroactive,
    )
    version.state = "published"
    version.publisher_id, version.published_at = actor.account_id, now
    version.reason = reason
    session.add(publication)
    session.flush()
    return publication


def log_version(
    session: Session,
    action: str,
    actor: Actor,
    now: datetime,
    version: PolicyVersion,
    **details: object,
) -> None:
    """Append to the log what happened to ``version``, with more ``details`` of it."""
    append(
        session,
        action=action,
        actor=actor,
        subject=Subject("policy_version", version.digest),
        at=now,
        details={
            "policy": version.policy.code,
            "seq": version.seq,
            "text_sha256": version.text_sha256,
            "cases_sha256": version.cases and sha256(version.cases),
            "reason": version.reason,
            **details,
        },
    )


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
