"""Every policy as it stands now: its draft, or the version that is in force in the end."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.model import Bilingual
from workflows.rulebook.operations import version_to_come
from workflows.rulebook.reading import edit_of
from workflows.rulebook.tables import PolicyDraft, PolicyRow, PolicyVersion


@dataclass(frozen=True, slots=True)
class Standing:
    """A policy as it stands: its draft's newest text, or that of its version.

    ``seen`` names this state: the draft and its edit, or nothing where there is no draft.
    """

    code: str
    name: Bilingual
    text: str
    cases: str | None
    draft: PolicyDraft | None

    @property
    def seen(self) -> str:
        return f"{self.draft.id}.{self.draft.seq}" if self.draft else ""


def standings(session: Session) -> Iterator[Standing]:
    """Give every policy that has a version or a draft, by code."""
    drafts = {
        draft.policy_id: draft
        for draft in session.scalars(
            select(PolicyDraft).where(PolicyDraft.state.in_(("open", "submitted")))
        )
    }
    for row in session.scalars(select(PolicyRow).order_by(PolicyRow.code)):
        draft = drafts.get(row.id)
        version = None if draft else version_to_come(session, row.code)
        said = edit_of(session, draft, draft.seq) if draft else version
        if said is not None:
            yield Standing(row.code, Bilingual(**row.name), said.text, said.cases, draft)


def policies_in_words(session: Session) -> list[tuple[str, Bilingual, list[int]]]:
    """Return the policies that have versions: code, name, and their numbers, the newest first."""
    rows = session.execute(
        select(PolicyRow, PolicyVersion.seq)
        .join(PolicyVersion, PolicyVersion.policy_id == PolicyRow.id)
        .order_by(PolicyRow.code, PolicyVersion.seq.desc())
    )
    found: dict[str, tuple[str, Bilingual, list[int]]] = {}
    for row, seq in rows:
        found.setdefault(row.code, (row.code, Bilingual(**row.name), []))[2].append(seq)
    return list(found.values())
