"""Bringing a policy's text into the rulebook, publishing it, and finding the version in force."""

from __future__ import annotations

import hashlib
from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from engine.canonical import canonical_text, digest
from engine.errors import N_, Kind, refuse
from engine.model import Policy
from engine.policies import load
from workflows.access.actors import Actor
from workflows.access.decide import allow_everywhere
from workflows.log.append import append
from workflows.log.leaf import Subject
from workflows.rulebook.shipped import policy_file, shown
from workflows.rulebook.tables import PolicyRow, PolicyVersion


def draft_policy(
    session: Session, actor: Actor, now: datetime, *, text: str, file: str
) -> PolicyVersion:
    """Take a policy's text as a draft; the same content again is the version that there is.

    Raises ``KaohengError`` with every fault of the text.
    """
    allow_everywhere(actor, "draft_policy")
    version, is_new = _take_in(session, actor, now, text, file)
    if is_new:
        _log(session, "draft_policy", actor, now, version)
    return version


def publish_policy(
    session: Session, actor: Actor, now: datetime, *, version: PolicyVersion, reason: str
) -> None:
    """Put a draft in force from now on, with a reason; its author may not.

    Cycles that are open keep the version that they pinned. Raises ``KaohengError`` for one's
    own draft, for a version that is no draft any more, and for an empty reason.
    """
    allow_everywhere(actor, "publish_policy")
    if version.author_id is not None and version.author_id == actor.account_id:
        raise refuse(
            "rulebook.own_draft",
            N_("Whoever wrote a version may not publish it."),
            N_("Ask a second person of HR."),
            kind=Kind.DENIED,
        )
    if not reason.strip():
        raise refuse("rulebook.reason_needed", N_("A publication needs a reason."), N_("Say why."))
    _publish(session, actor, now, version, reason)
    _log(session, "publish_policy", actor, now, version)


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
    version, _ = _take_in(session, None, now, text, shown(path))
    _publish(session, actor, now, version, "shipped with the application")
    _log(session, "adopt_shipped_policy", actor, now, version)
    return version


def _take_in(
    session: Session, author: Actor | None, now: datetime, text: str, file: str
) -> tuple[PolicyVersion, bool]:
    policy = load(text, file)
    row = _policy_row(session, policy)
    name = digest(policy)
    known = session.scalar(
        select(PolicyVersion).where(PolicyVersion.policy_id == row.id, PolicyVersion.digest == name)
    )
    if known is not None:
        return known, False
    last = session.scalar(
        select(func.max(PolicyVersion.seq)).where(PolicyVersion.policy_id == row.id)
    )
    version = PolicyVersion(
        policy=row,
        seq=(last or 0) + 1,
        digest=name,
        text=text,
        text_sha256=hashlib.sha256(text.encode()).hexdigest(),
        canonical=canonical_text(policy),
        state="draft",
        author_id=author.account_id if author else None,
        created_at=now,
    )
    session.add(version)
    session.flush()
    return version, True


def _policy_row(session: Session, policy: Policy) -> PolicyRow:
    row = session.scalar(select(PolicyRow).where(PolicyRow.code == policy.policy))
    if row is None:
        row = PolicyRow(code=policy.policy, name={})
        session.add(row)
    row.name = {"zh": policy.name.zh, "en": policy.name.en}
    session.flush()
    return row


def _publish(
    session: Session, actor: Actor, now: datetime, version: PolicyVersion, reason: str
) -> None:
    session.execute(
        update(PolicyVersion)
        .where(PolicyVersion.policy_id == version.policy_id, PolicyVersion.state == "published")
        .values(state="superseded")
    )
    published = session.execute(
        update(PolicyVersion)
        .where(PolicyVersion.id == version.id, PolicyVersion.state == "draft")
        .values(state="published", publisher_id=actor.account_id, published_at=now, reason=reason)
    )
    if published.rowcount != 1:  # type: ignore[attr-defined]  # an UPDATE has a row count
        raise refuse(
            "rulebook.not_a_draft",
            N_("Version {seq} of {policy} is no draft any more."),
            N_("Look at its history: somebody was first."),
            kind=Kind.CONFLICT,
            seq=version.seq,
            policy=version.policy.code,
        )
    session.refresh(version)


def _log(
    session: Session, action: str, actor: Actor, now: datetime, version: PolicyVersion
) -> None:
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
            "reason": version.reason,
        },
    )
