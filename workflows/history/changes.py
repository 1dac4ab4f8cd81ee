"""What each publication changed, in words, and the search over all of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from fnmatch import fnmatchcase

from sqlalchemy.orm import Session

from engine.telling.difference import Difference
from engine.telling.parts_of import differences_between, with_section
from engine.telling.values import Value, values_of
from workflows.access.actors import Actor
from workflows.base.kept import Kept
from workflows.base.said import said
from workflows.history.publications import Published, published
from workflows.rulebook.tables import PolicyVersion

LANGUAGES = ("zh", "en")
# A version never changes, so what was once computed of it holds for ever.
_DIFFERENCES: Kept[tuple[str, str], tuple[Difference, ...]] = Kept(4_000)
_VALUES: Kept[tuple[str, str], dict[str, Value]] = Kept(2_000)


@dataclass(frozen=True, slots=True)
class Asked:
    """What is looked for; what is empty asks for nothing.

    ``by``: the user name of an author or of the publisher. ``field``: a dotted path or the
    beginning of one (``kpis.revenue``), with ``*`` for any name, or one part (``weight``).
    ``words``: what the change, its reason or its policy says, in either language.
    """

    code: str | None = None
    by: str = ""
    field: str = ""
    words: str = ""
    since: datetime | None = None
    until: datetime | None = None

    @property
    def narrows_changes(self) -> bool:
        return bool(self.field or self.words)


@dataclass(frozen=True, slots=True)
class Found:
    """A publication with those of its changes that were asked for."""

    published: Published
    changes: tuple[Difference, ...]


def search(session: Session, actor: Actor, asked: Asked) -> list[Found]:
    """Return the publications that hold what is asked for, the newest first."""
    found = (each for each in published(session, actor, asked.code) if _is_asked(each, asked))
    told = (Found(each, tuple(_chosen(each, asked))) for each in found)
    return [each for each in told if each.changes or not asked.narrows_changes]


def changes_of(of: Published) -> tuple[Difference, ...]:
    """Return what a publication changed; nothing for a policy's first."""
    return changed(of.before, of.version) if of.before else ()


def changed(before: PolicyVersion, after: PolicyVersion) -> tuple[Difference, ...]:
    """Return what differs between two versions."""
    return _DIFFERENCES.get(
        (before.digest, after.digest),
        lambda: differences_between(before.canonical, after.canonical),
    )


def values(version: PolicyVersion, section: str) -> dict[str, Value]:
    """Return every value of a version's section by its field, and what every policy says."""
    section = "workflow" if section == "transitions" else section
    return _VALUES.get(
        (version.digest, section), lambda: values_of(with_section(version.canonical, section))
    )


def in_words(change: Difference, language: str) -> str:
    """Return a change in one line: ``KPI 新客户 权重 20% → 25%``."""
    name = said(change.name, language) or change.code
    where = [said(change.section, language), name, *(said(p, language) for p in change.parts)]
    before, after = (said(each, language) for each in (change.before, change.after))
    shown = f"{before or '–'} → {after or '–'}" if before or after else _WHOLE[change.change]
    return " ".join([*(each for each in where if each), shown])


_WHOLE = {"added": "+", "removed": "−", "changed": "≠"}


def _is_asked(of: Published, asked: Asked) -> bool:
    at = of.publication.published_at
    return (
        (not asked.by or of.is_by(asked.by))
        and (asked.since is None or at >= asked.since)
        and (asked.until is None or at < asked.until)
    )


def _chosen(of: Published, asked: Asked) -> Iterator[Difference]:
    words = asked.words.casefold()
    whole = words and words in " ".join(_about(of)).casefold()
    for each in changes_of(of):
        told = " ".join(in_words(each, language) for language in LANGUAGES)
        if is_in_field(each, asked.field) and (
            not words or whole or words in f"{told} {each.field}".casefold()
        ):
            yield each


def _about(of: Published) -> Sequence[str]:
    return (of.code, *of.version.policy.name.values(), of.publication.reason)


def is_in_field(change: Difference, field: str) -> bool:
    """Say whether a change is of ``field``, of something in it, or of the whole entry it is in."""
    if not field:
        return True
    if "." not in field:
        return any(fnmatchcase(part, field) for part in change.path)
    asked = field.split(".")
    pairs = zip(change.path, asked, strict=False)
    return all(fnmatchcase(part, pattern) for part, pattern in pairs)
