"""Every version of the rules: who wrote it, who published it and why, what it governed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from difflib import SequenceMatcher

from sqlalchemy import select
from sqlalchemy.orm import Session, contains_eager, with_expression

from engine.errors import KaohengError
from engine.reader import Tree, read_all
from workflows.access.actors import Actor
from workflows.access.decide import allow_everywhere
from workflows.accounts.tables import Account
from workflows.cycles.tables import Cycle
from workflows.rulebook.standing import standing
from workflows.rulebook.tables import PolicyDraft, PolicyEdit, PolicyRow, PolicyVersion

# Where a ledger entry's rule may stand in a policy's text.
_GRANTING = ("rules", "steps", "pools")
_CONTEXT = 3  # unchanged lines around a change


@dataclass(frozen=True, slots=True)
class VersionTold:
    """A version with the user names of those who wrote it and of its publisher.

    Nobody wrote what came with the application.
    """

    version: PolicyVersion
    authors: tuple[str, ...]
    publisher: str | None
    cycles: tuple[Cycle, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a difference: its number before and after (None where it is not there)."""

    before: int | None
    after: int | None
    text: str

    @property
    def kind(self) -> str:
        if self.before is None:
            return "added"
        return "removed" if self.after is None else "same"


@dataclass(frozen=True, slots=True)
class Excerpt:
    """An entry in a policy's text: its section, lines ``first`` to ``last``, counted from 1."""

    section: str
    first: int
    last: int
    text: str


def histories(
    session: Session, actor: Actor, code: str | None = None, *, on: date
) -> list[VersionTold]:
    """Return every version (of one policy) as it stands on a day, the newest of each first."""
    allow_everywhere(actor, "list_versions")
    chosen = (
        select(PolicyVersion)
        .join(PolicyVersion.policy)
        .options(
            contains_eager(PolicyVersion.policy),
            with_expression(PolicyVersion.standing, standing(on)),
        )
    )
    if code is not None:
        chosen = chosen.where(PolicyRow.code == code)
    versions = session.scalars(chosen.order_by(PolicyRow.code, PolicyVersion.seq.desc())).all()
    names: dict[int | None, str] = {
        row.id: row.username for row in session.execute(select(Account.id, Account.username))
    }
    governed, written = cycles_of(session, versions), written_by(session, versions)
    return [
        VersionTold(
            version,
            tuple(names[each] for each in written[version.id]),
            names.get(version.publisher_id),
            tuple(governed[version.id]),
        )
        for version in versions
    ]


def written_by(session: Session, versions: Sequence[PolicyVersion]) -> dict[int | None, list[int]]:
    """Return the accounts that wrote each version, in the order of their first edits."""
    found: dict[int | None, list[int]] = defaultdict(list)
    for version in versions:
        if version.author_id is not None:
            found[version.id].append(version.author_id)
    edits = (
        select(PolicyDraft.version_id, PolicyEdit.author_id)
        .join(PolicyEdit, PolicyEdit.draft_id == PolicyDraft.id)
        .where(
            PolicyDraft.version_id.in_([version.id for version in versions]),
            PolicyEdit.author_id.is_not(None),
        )
        .order_by(PolicyEdit.seq)
    )
    for version_id, author_id in session.execute(edits).all():
        if author_id is not None and author_id not in found[version_id]:
            found[version_id].append(author_id)
    return found


def cycles_of(session: Session, versions: Sequence[PolicyVersion]) -> dict[int, list[Cycle]]:
    found: dict[int, list[Cycle]] = defaultdict(list)
    pinned = Cycle.policy_version_id.in_([version.id for version in versions])
    for cycle in session.scalars(select(Cycle).where(pinned).order_by(Cycle.starts_on)):
        found[cycle.policy_version_id].append(cycle)
    return found


def text_difference(before: str, after: str) -> list[list[Line]]:
    """Return the changed lines in groups, each with a few unchanged ones around it."""
    old, new = before.splitlines(), after.splitlines()
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    return [
        [line for opcode in group for line in _lines(opcode, old, new)]
        for group in matcher.get_grouped_opcodes(_CONTEXT)
    ]


def _lines(opcode: tuple[str, int, int, int, int], old: list[str], new: list[str]) -> list[Line]:
    tag, old_from, old_to, new_from, new_to = opcode
    if tag == "equal":
        numbers = zip(range(old_from, old_to), range(new_from, new_to), strict=True)
        return [Line(i + 1, j + 1, old[i]) for i, j in numbers]
    removed = [Line(i + 1, None, old[i]) for i in range(old_from, old_to)]
    added = [Line(None, j + 1, new[j]) for j in range(new_from, new_to)]
    return [*removed, *added]


def rule_in_text(text: str, rule: str) -> Excerpt | None:
    """Return where ``rule`` stands in a policy's text; None where it has none of that name."""
    try:
        tree, _ = read_all(text, "")
    except KaohengError:
        return None
    for section in _GRANTING:
        place = tree.place((section, rule), key=True)
        if place.path and _is_there(tree, section, rule) and place.line:
            return _excerpt(text, section, place.line)
    return None


def _is_there(tree: Tree, section: str, rule: str) -> bool:
    found = (tree.root.entries or {}).get(section)
    return found is not None and rule in (found[1].entries or {})


def _excerpt(text: str, section: str, first: int) -> Excerpt:
    """Return the entry that begins in line ``first``: as far as lines are further indented."""
    lines = text.splitlines()
    depth = _indent(lines[first - 1])
    last = first
    while last < len(lines) and lines[last].strip() and _indent(lines[last]) > depth:
        last += 1
    return Excerpt(
        section, first, last, "\n".join(line[depth:] for line in lines[first - 1 : last])
    )


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))
