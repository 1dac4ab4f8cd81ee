"""Two changed texts of one: both changes where they stand apart, or nothing to be guessed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import pairwise


@dataclass(frozen=True, slots=True, order=True)
class _Change:
    """Lines ``first`` up to ``last`` of the base (the same: before ``first``) become ``lines``."""

    first: int
    last: int
    lines: tuple[str, ...]


def merged(base: str, mine: str, theirs: str) -> str | None:
    """Return ``base`` with the changes of both; None where they touch the same lines otherwise."""
    lines = base.splitlines(keepends=True)
    changes = sorted({*_changes(lines, mine), *_changes(lines, theirs)})
    if any(one.last >= two.first for one, two in pairwise(changes)):
        return None
    for change in reversed(changes):
        lines[change.first : change.last] = change.lines
    return "".join(lines)


def over(base: str, mine: str, newest: str) -> str:
    """Return my text over the newest one; where both changed the same lines, only mine."""
    if base in {newest, mine}:
        return mine if base == newest else newest
    both = merged(base, mine, newest)
    return mine if both is None else both


def sent(form: Mapping[str, str], name: str, kept: str) -> str:
    """Return the text that a browser sent, with the line ends that ``kept`` has, or that one."""
    text = form.get(name, kept)
    # A browser ends every line in CR LF.
    return text if "\r\n" in kept else text.replace("\r\n", "\n")


def _changes(base: list[str], text: str) -> Iterator[_Change]:
    new = text.splitlines(keepends=True)
    matcher = SequenceMatcher(None, base, new, autojunk=False)
    for tag, first, last, start, end in matcher.get_opcodes():
        if tag != "equal":
            yield _Change(first, last, tuple(new[start:end]))
