"""Versions of policies: taking a text in as one, putting it in force, finding that which is."""

from __future__ import annotations

import hashlib
from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from engine.canonical import canonical_text, digest
from engine.model import Policy
from engine.policies import load
from workflows.access.actors import Actor
from workflows.log.append import append
from workflows.log.leaf import Subject
from workflows.rulebook.shipped import cases_beside, policy_file, shown
from workflows.rulebook.tables import PolicyRow, PolicyVersion


def version_in_force(session: Session, code: str) -> PolicyVersion | None:
    """Return the published version of the policy, or None where none was ever published."""
    return session.scalar(
        select(PolicyVersion)
        .join(PolicyVersion.policy)
        .where(PolicyRow.code == code, PolicyVersion.state == "published")
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
    """Return the version that ``policy`` is, making it where its digest is new.

    Coming back to what a policy said before is coming back to that version.
    """
    row = policy_row(session, policy)
    name = digest(policy)
    known = session.scalar(
        select(PolicyVersion).where(PolicyVersion.policy_id == row.id, PolicyVersion.digest == name)
    )
    if known is not None:
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
        state="draft",
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
    session: Session, actor: Actor, now: datetime, version: PolicyVersion, reason: str
) -> None:
    """Make ``version`` the one that the next cycle takes; the one before is superseded."""
    session.execute(
        update(PolicyVersion)
        .where(PolicyVersion.policy_id == version.policy_id, PolicyVersion.state == "published")
        .values(state="superseded")
    )
    version.state = "published"
    version.publisher_id, version.published_at = actor.account_id, now
    version.reason = reason
    session.flush()


def log_version(
    session: Session, action: str, actor: Actor, now: datetime, version: PolicyVersion
) -> None:
    """Append to the log what happened to ``version``."""
    append(
        session,
        action=action,
        actor=actor.public_id,
        subject=Subject("policy_version", version.digest),
        at=now,
        details={
            "policy": version.policy.code,
            "seq": version.seq,
            "text_sha256": version.text_sha256,
            "cases_sha256": version.cases and sha256(version.cases),
            "reason": version.reason,
        },
    )


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
