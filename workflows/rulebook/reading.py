"""What people may read of the rulebook."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session, contains_eager, with_expression

from engine.canonical import from_canonical
from engine.errors import N_, KaohengError, Kind, refuse
from workflows.access.actors import Actor
from workflows.access.approvals import is_by
from workflows.access.decide import allow
from workflows.accounts.tables import Account
from workflows.rulebook.standing import ruling, standing
from workflows.rulebook.tables import (
    PolicyDraft,
    PolicyEdit,
    PolicyRow,
    PolicyVersion,
    Publication,
)


def version_rows(session: Session, actor: Actor, on: date) -> list[dict[str, object]]:
    """Return every version of every policy as it stands on a day, the newest of each first."""
    allow(actor, "list_policies")
    versions = session.scalars(
        select(PolicyVersion)
        .join(PolicyVersion.policy)
        .options(with_expression(PolicyVersion.standing, standing(on)))
        .order_by(PolicyRow.code, PolicyVersion.seq.desc())
    ).all()
    since = last_days(session)
    return [
        {
            "policy": version.policy.code,
            "seq": version.seq,
            "state": version.standing,
            "effective": _iso(since.get(version.id)),
            "published": version.published_at and version.published_at.isoformat(),
            "reason": version.reason,
            "version": version.digest,
        }
        for version in versions
    ]


def last_days(session: Session) -> dict[int, date | None]:
    """Return, by version, the day from which its newest publication puts it in force."""
    rows = session.execute(
        select(Publication.version_id, Publication.effective_on).order_by(Publication.id)
    )
    return dict(rows.all())


def publications_of(session: Session, code: str) -> list[Publication]:
    """Return every publication of a policy, the newest first."""
    found = session.scalars(
        select(Publication)
        .join(PolicyRow, PolicyRow.id == Publication.policy_id)
        .where(PolicyRow.code == code)
        .order_by(Publication.id.desc())
    )
    return list(found)


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
    """Return the policy's draft that is open or submitted, or None."""
    return session.scalar(
        select(PolicyDraft)
        .join(PolicyDraft.policy)
        .where(PolicyRow.code == code, PolicyDraft.state.in_(("open", "submitted")))
    )


def open_draft(session: Session, code: str) -> PolicyDraft:
    """Return the policy's open draft; refuse with ``MISSING`` where there is none.

    One that is submitted is refused with ``CONFLICT``.
    """
    draft = find_draft(session, code)
    if draft is not None and draft.state == "submitted":
        raise draft_changed(draft)
    if draft is None:
        raise refuse(
            "rulebook.no_draft",
            N_("There is no open draft of {policy}."),
            N_("It may have been published or discarded: look at the policy's versions."),
            kind=Kind.MISSING,
            policy=code,
        )
    return draft


def draft_changed(draft: PolicyDraft) -> KaohengError:
    """Build the refusal of somebody who was not first: the draft is not as they saw it."""
    if draft.state == "submitted":
        return refuse(
            "rulebook.draft_changed",
            N_("The draft of {policy} is submitted, and frozen."),
            N_("Withdraw the submission to go on writing."),
            kind=Kind.CONFLICT,
            policy=draft.policy.code,
        )
    return refuse(
        "rulebook.draft_changed",
        N_("Somebody else has changed the draft of {policy} meanwhile."),
        N_("Look at what they changed, then decide again."),
        kind=Kind.CONFLICT,
        policy=draft.policy.code,
    )


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


def wrote_any(session: Session, actor: Actor, draft: PolicyDraft) -> bool:
    """Say whether the actor, by this or another account of theirs, wrote any of a draft."""
    accounts = session.scalars(select(Account).where(Account.id.in_(authors(session, draft))))
    return any(is_by(actor, account) for account in accounts)


def author_names(session: Session, draft: PolicyDraft) -> list[str]:
    """Return the user names of those who wrote any of a draft, the last one last."""
    ids = authors(session, draft)
    chosen = select(Account.id, Account.username).where(Account.id.in_(ids))
    names = {row.id: row.username for row in session.execute(chosen)}
    return [names[each] for each in ids]


def versions_of(session: Session, code: str, on: date) -> list[PolicyVersion]:
    """Return every version of a policy as it stands on a day, the newest first."""
    found = session.scalars(
        select(PolicyVersion)
        .join(PolicyVersion.policy)
        .where(PolicyRow.code == code)
        .options(with_expression(PolicyVersion.standing, standing(on)))
        .order_by(PolicyVersion.seq.desc())
        .execution_options(populate_existing=True)
    )
    return list(found)


def version_to_read(
    session: Session, code: str, seq: int | None = None, *, on: date
) -> PolicyVersion:
    """Return a policy's version ``seq``, or the one in force on a day, or else the one to come.

    It tells how it stands on that day. Refuses with ``MISSING`` where there is none.
    """
    in_force = ruling(PolicyVersion.policy_id, on)
    to_come = ruling(PolicyVersion.policy_id, date.max)
    chosen = (
        PolicyVersion.seq == seq
        if seq is not None
        else PolicyVersion.id == func.coalesce(in_force, to_come)
    )
    version = session.scalar(
        select(PolicyVersion)
        .join(PolicyVersion.policy)
        .where(PolicyRow.code == code, chosen)
        .options(
            contains_eager(PolicyVersion.policy),
            with_expression(PolicyVersion.standing, standing(on)),
        )
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


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _no_edit(code: str, number: int) -> KaohengError:
    return refuse(
        "rulebook.no_edit",
        N_("The draft of {policy} has no edit {number}."),
        N_("Reload the page."),
        kind=Kind.MISSING,
        policy=code,
        number=number,
    )
