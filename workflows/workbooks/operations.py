"""A policy's workbook: downloaded, compared with what is there now, taken as its draft."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from hashlib import sha256

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.errors import N_, Fault, KaohengError, Kind, Place, refuse
from engine.model import Policy
from engine.policies import load
from engine.telling.difference import Difference, differences
from workflows.access.actors import Actor
from workflows.access.decide import allow_everywhere
from workflows.rulebook.drafts import save_draft, start_draft
from workflows.rulebook.operations import version_to_come
from workflows.rulebook.reading import edit_of, find_draft, open_draft, version_to_read
from workflows.rulebook.tables import PolicyDraft, PolicyEdit, PolicyRow, PolicyVersion
from workflows.workbooks.merging import Merge, merged
from workflows.workbooks.reading import Returned
from workflows.workbooks.returned import Edits, edits_of
from workflows.workbooks.writing import Origin, workbook


@dataclass(frozen=True, slots=True)
class Comparison:
    """A workbook against what its policy says now.

    ``seen`` is the draft's edit that it was compared with, None while there is no draft.
    ``meanwhile`` is what others changed since the workbook went out, ``changes`` what the policy
    would say otherwise with it, in words; neither where a text has faults. ``faults`` are of
    the text that would be, at their cells where they have one; ``unread`` of the cells themselves.
    """

    merge: Merge
    seen: int | None
    meanwhile: tuple[Difference, ...] = ()
    changes: tuple[Difference, ...] = ()
    faults: tuple[Fault, ...] = ()
    unread: tuple[Fault, ...] = ()

    @property
    def is_nothing(self) -> bool:
        return not (self.merge.changes or self.unread)


def workbook_of_version(
    session: Session, actor: Actor, on: date, *, code: str, seq: int | None, language: str
) -> bytes:
    """Return the workbook of a version, or of the one in force on the day ``on``."""
    allow_everywhere(actor, "list_policies")
    version = version_to_read(session, code, seq, on=on)
    return workbook(Origin(code, version.text, f"{code} #{version.seq}"), language)


def workbook_of_draft(session: Session, actor: Actor, *, code: str, language: str) -> bytes:
    """Return the workbook of the draft as it is saved."""
    allow_everywhere(actor, "draft_policy")
    draft = open_draft(session, code)
    text = edit_of(session, draft, draft.seq).text
    return workbook(Origin(code, text, f"{code} draft {draft.id}/{draft.seq}"), language)


def compare_workbook(
    session: Session,
    actor: Actor,
    *,
    code: str,
    returned: Returned,
    choices: Mapping[str, str],
) -> Comparison:
    """Lay a workbook on the policy's draft, or on the version that a draft would begin from.

    Raises ``KaohengError`` where it is another policy's, or began from a text that is not known.
    """
    allow_everywhere(actor, "draft_policy")
    base = _base(session, code, returned)
    edits = edits_of(returned, base)
    draft = find_draft(session, code)
    theirs = edit_of(session, draft, draft.seq).text if draft else _to_come(session, code)
    merge = merged(edits, base, theirs, choices, file=code, language=returned.language)
    return _told(Comparison(merge, draft.seq if draft else None), edits, base, theirs, code)


def take_workbook(
    session: Session,
    actor: Actor,
    now: datetime,
    *,
    code: str,
    returned: Returned,
    choices: Mapping[str, str],
    seen: int | None,
) -> PolicyDraft:
    """Keep a workbook's changes as the draft's newest edit, beginning a draft where there is none.

    Raises ``KaohengError``: every cell that cannot be read, CONFLICT where a choice is open or
    the draft is not the edit ``seen`` any more.
    """
    found = compare_workbook(session, actor, code=code, returned=returned, choices=choices)
    if found.unread or found.merge.faults:
        raise KaohengError([*found.unread, *found.merge.faults])
    if found.seen != seen or found.merge.open:
        raise refuse(
            "workbook.choose",
            N_("The policy of {policy} has changed since the workbook went out."),
            N_("Look at what others changed, choose for each conflict, then take it."),
            kind=Kind.CONFLICT,
            policy=code,
        )
    draft = find_draft(session, code) or start_draft(session, actor, now, code=code)
    cases = edit_of(session, draft, draft.seq).cases
    save_draft(session, actor, now, draft, seen=draft.seq, text=found.merge.text, cases=cases)
    return draft


def _base(session: Session, code: str, returned: Returned) -> str:
    """Return the text that the workbook was made from: a version's, or an edit's of a draft."""
    if returned.policy != code:
        raise refuse(
            "workbook.other_policy",
            N_("This is the workbook of {found}, not of {policy}."),
            N_("Send it on that policy's page."),
            place=Place(returned.file),
            found=returned.policy,
            policy=code,
        )
    versions = (
        select(PolicyVersion.text)
        .join(PolicyVersion.policy)
        .where(PolicyRow.code == code, PolicyVersion.text_sha256 == returned.base)
    )
    if (text := session.scalar(versions.limit(1))) is not None:
        return text
    edits = (
        select(PolicyEdit.text)
        .join(PolicyDraft, PolicyDraft.id == PolicyEdit.draft_id)
        .join(PolicyDraft.policy)
        .where(PolicyRow.code == code)
        .order_by(PolicyEdit.id.desc())
    )
    for text in session.scalars(edits.execution_options(yield_per=20)):
        if sha256(text.encode()).hexdigest() == returned.base:
            return text
    raise refuse(
        "workbook.unknown_base",
        N_("The rulebook does not know the text that this workbook began from."),
        N_("Download the workbook here, and make your changes in that one."),
        kind=Kind.MISSING,
        place=Place(returned.file),
    )


def _to_come(session: Session, code: str) -> str:
    version = version_to_come(session, code)
    if version is None:
        raise refuse(
            "rulebook.no_version",
            N_("There is no such version of {policy}."),
            N_("See the list of policies."),
            kind=Kind.MISSING,
            policy=code,
        )
    return version.text


def _told(found: Comparison, edits: Edits, base: str, theirs: str, code: str) -> Comparison:
    """Say in words what both sides changed; the text's faults stand at their cells."""
    before, now, after = (_loaded(text, code) for text in (base, theirs, found.merge.text))
    faults = (*found.merge.faults, *(() if isinstance(after, Policy) else after))
    return replace(
        found,
        meanwhile=_between(before, now),
        changes=_between(now, after),
        faults=tuple(_at_cell(fault, edits) for fault in faults),
        unread=tuple(edits.faults),
    )


def _loaded(text: str, code: str) -> Policy | tuple[Fault, ...]:
    try:
        return load(text, code)
    except KaohengError as error:
        return error.faults


def _between(
    before: Policy | tuple[Fault, ...], after: Policy | tuple[Fault, ...]
) -> tuple[Difference, ...]:
    if isinstance(before, Policy) and isinstance(after, Policy):
        return differences(before, after)
    return ()


def _at_cell(fault: Fault, edits: Edits) -> Fault:
    """Return the fault with its cell: of its own field, or of the first one below its place."""
    path = fault.place.path or ""
    inside = (at for name, at in edits.at.items() if name.startswith(f"{path}."))
    at = edits.at.get(path) or (next(inside, None) if path else None)
    return replace(fault, place=at) if at else fault
