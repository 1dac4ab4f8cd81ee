"""What people may read of the rulebook."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, contains_eager

from engine.canonical import from_canonical
from engine.errors import N_, KaohengError, Kind, refuse
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
            "published": version.published_at and version.published_at.isoformat(),
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
        raise _no_edit(draft.policy.code, seq)
    return edit


def edit_by_id(session: Session, code: str, edit_id: int) -> PolicyEdit:
    """Return an edit of any draft of the policy; refuse with ``MISSING`` one that is not its."""
    edit = session.scalar(
        select(PolicyEdit)
        .join(PolicyDraft, PolicyDraft.id == PolicyEdit.draft_id)
        .join(PolicyDraft.policy)
        .where(PolicyRow.code == code, PolicyEdit.id == edit_id)
    )
    if edit is None:
        raise _no_edit(code, edit_id)
    return edit


def draft_of(session: Session, edit: PolicyEdit) -> PolicyDraft:
    """Return the draft that an edit belongs to, open or not."""
    return session.scalars(select(PolicyDraft).where(PolicyDraft.id == edit.draft_id)).one()


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
    names = {row.id: row.username for row in session.execute(chosen)}
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


def version_to_read(session: Session, code: str, seq: int | None = None) -> PolicyVersion:
    """Return a policy's version ``seq``, or the one in force; refuse with ``MISSING`` neither."""
    chosen = PolicyVersion.seq == seq if seq is not None else PolicyVersion.state == "published"
    version = session.scalar(
        select(PolicyVersion)
        .join(PolicyVersion.policy)
        .where(PolicyRow.code == code, chosen)
        .options(contains_eager(PolicyVersion.policy))
    )
    if version is None:
        raise refuse(
            "rulebook.no_version",
            N_("There is no such version of {policy}."),
            N_("See the list of policies."),
            kind=Kind.MISSING,
            policy=code,
        )
    return version


@dataclass(frozen=True, slots=True)
class Facts:
    """Whom a policy is for, how often, in what currency."""

    role: str
    period: str
    currency: str


def facts_of(version: PolicyVersion) -> Facts:
    """Return the facts of a version that stand above its figures."""
    policy = from_canonical(version.canonical)
    return Facts(policy.scope.role, policy.period, policy.currency)


def _no_edit(code: str, number: int) -> KaohengError:
    return refuse(
        "rulebook.no_edit",
        N_("The draft of {policy} has no edit {number}."),
        N_("Reload the page."),
        kind=Kind.MISSING,
        policy=code,
        number=number,
    )
