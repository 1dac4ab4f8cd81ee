"""What people may read of the rulebook."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.errors import N_, Kind, refuse
from workflows.access.actors import Actor
from workflows.access.decide import allow
from workflows.rulebook.tables import PolicyRow, PolicyVersion


def version_rows(session: Session, actor: Actor) -> list[dict[str, object]]:
    """Return every version of every policy, the newest of each first."""
    allow(actor, "list_policies")
    versions = session.scalars(
        select(PolicyVersion)
        .join(PolicyVersion.policy)
        .order_by(PolicyRow.code, PolicyVersion.seq.desc())
    )
    return [
        {
            "policy": version.policy.code,
            "seq": version.seq,
            "state": version.state,
            "published": version.published_at,
            "reason": version.reason,
            "version": version.digest,
        }
        for version in versions
    ]


def find_version(session: Session, digest: str) -> PolicyVersion:
    """Return the version that ``digest``, or a unique beginning of it, names."""
    found = session.scalars(
        select(PolicyVersion).where(PolicyVersion.digest.startswith(digest, autoescape=True))
    ).all()
    if len(found) != 1:
        raise refuse(
            "rulebook.unknown_version",
            N_("{digest} names {count} versions."),
            N_("Give more of the digest that `kaoheng rules list` shows."),
            kind=Kind.MISSING,
            digest=digest,
            count=len(found),
        )
    return found[0]
