"""What people may read of the rulebook."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.errors import N_, Kind, refuse
from workflows.access.actors import Actor
from workflows.access.decide import allow
from workflows.accounts.tables import Account
from workflows.rulebook.tables import PolicyDraft, PolicyEdit, PolicyRow, PolicyVersion


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


def find_draft(session: Session, code: str) -> PolicyDraft | None:
    """Return the policy's open draft, or None."""
    return session.scalar(
        select(PolicyDraft)
        .join(PolicyDraft.policy)
        .where(PolicyRow.code == code, PolicyDraft.state == "open")
    )


def open_draft(session: Session, code: str) -> PolicyDraft:
    """Return the policy's open draft; refuse with ``MISSING`` where there is none."""
    draft = find_draft(session, code)
    if draft is None:
        raise refuse(
            "rulebook.no_draft",
            N_("There is no open draft of {policy}."),
            N_("It may have been published or discarded: look at the policy's versions."),
            kind=Kind.MISSING,
            policy=code,
        )
    return draft


def edit_of(session: Session, draft: PolicyDraft, seq: int) -> PolicyEdit:
    """Return one edit of a draft; refuse with ``MISSING`` a number that it does not have."""
    edit = session.scalar(
        select(PolicyEdit).where(PolicyEdit.draft_id == draft.id, PolicyEdit.seq == seq)
    )
    if edit is None:
        raise refuse(
            "rulebook.no_edit",
            N_("The draft of {policy} has no edit {seq}."),
            N_("Reload the page."),
            kind=Kind.MISSING,
            policy=draft.policy.code,
            seq=seq,
        )
    return edit


def authors(session: Session, draft: PolicyDraft) -> list[int]:
    """Return the accounts that wrote any of a draft, the last one last."""
    written = session.scalars(
        select(PolicyEdit.author_id)
        .where(PolicyEdit.draft_id == draft.id, PolicyEdit.author_id.is_not(None))
        .order_by(PolicyEdit.seq.desc())
    )
    return list(reversed([each for each in dict.fromkeys(written) if each is not None]))


def author_names(session: Session, draft: PolicyDraft) -> list[str]:
    """Return the user names of those who wrote any of a draft, the last one last."""
    ids = authors(session, draft)
    chosen = select(Account.id, Account.username).where(Account.id.in_(ids))
    names = dict(session.execute(chosen).tuples().all())
    return [names[each] for each in ids]


def versions_of(session: Session, code: str) -> list[PolicyVersion]:
    """Return every version of a policy, the newest first."""
    found = session.scalars(
        select(PolicyVersion)
        .join(PolicyVersion.policy)
        .where(PolicyRow.code == code)
        .order_by(PolicyVersion.seq.desc())
    )
    return list(found)
