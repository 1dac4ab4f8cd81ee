"""Where one person's two results part: the first values that differ, and what changed them.

A value of which everything that it is made of is still the same, and that comes out otherwise,
is where two versions of a policy part for this person; so is one that is made in another way.
All that follows from it differs as well and says nothing more.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from engine.compiling.references import references
from engine.definitions import Bands, ByLabel, Definition, Lowered, Mean
from engine.facts import FactColumn
from engine.grants import offers
from engine.model import Bilingual
from engine.telling import terms
from engine.telling.difference import Difference
from engine.version import Version

Row = Mapping[str, Any]
_WEIGHTS = frozenset({terms.PARTS["weight"], terms.PARTS["weight_band"]})
_COEFFICIENT = terms.PARTS["coefficient"]


@dataclass(frozen=True, slots=True)
class Turn:
    """A value with what it is on both sides, and the changes of the policy that touch it."""

    name: str
    title: Bilingual
    unit: str
    before: Any
    after: Any
    because: tuple[Difference, ...]


def turns(
    before: Version, after: Version, rows: tuple[Row, Row], changes: Sequence[Difference]
) -> tuple[Turn, ...]:
    """Return where a person's results part, in the order in which values are explained.

    ``rows`` are the person's named values on both sides; only what both have is looked at, and
    of that only what something that the person gets follows from.
    """
    old, new = rows
    differ = {name for name in new if name in old and old[name] != new[name]}
    differ = _leading_to(_ends(after, rows), differ, (before, after))
    written = {each.name: each for each in before.definitions}

    def turn(of: FactColumn | Definition, because: tuple[Difference, ...]) -> Turn:
        return Turn(of.name, of.title, of.unit, old[of.name], new[of.name], because)

    found = [
        turn(fact, _of_fact(fact.name, changes)) for fact in after.facts if fact.name in differ
    ]
    for each in after.definitions:
        was = written.get(each.name)
        if each.name not in differ or was is None:
            continue
        if was.what != each.what or not (references(each) & differ):
            found.append(turn(each, _touching(was, each, changes)))
    return tuple(found)


def _ends(version: Version, rows: tuple[Row, Row]) -> set[str]:
    """Name what a person gets: the total, the grade, its coefficient, and what is granted."""
    found = {"total", "final_grade", "coefficient"}
    for offer in offers(version.policy):
        holds = offer.holds is None or any(row.get(offer.holds) for row in rows)
        found |= {name for name in (offer.holds, offer.amount) if name and holds}
    return found


def _leading_to(ends: set[str], differ: set[str], versions: Sequence[Version]) -> set[str]:
    """Keep of the names that ``differ`` those that one of ``ends`` is made of, through others."""
    made_of: dict[str, set[str]] = {}
    for version in versions:
        for each in version.definitions:
            made_of.setdefault(each.name, set()).update(references(each))
    found: set[str] = set()
    open_ = ends & differ
    while open_:
        found |= open_
        open_ = {of for name in open_ for of in made_of.get(name, ())} & differ - found
    return found


def _of_fact(name: str, changes: Iterable[Difference]) -> tuple[Difference, ...]:
    return tuple(each for each in changes if each.code == name.removesuffix(".full"))


def _touching(
    was: Definition, now: Definition, changes: Iterable[Difference]
) -> tuple[Difference, ...]:
    """Return the changes that a definition was written otherwise by."""
    if isinstance(was.what, Mean) and isinstance(now.what, Mean):
        codes = {name.rsplit(".", 1)[0] for name, _ in set(was.what.terms) ^ set(now.what.terms)}
        codes |= {code.removeprefix("dimension.") for code in codes}
        weights = tuple(each for each in changes if each.code in codes and _is_of_weight(each))
        return weights or _of_section(now, changes)
    own = tuple(each for each in changes if each.code and each.code in now.path)
    return own or _of_section(now, changes)


def _is_of_weight(each: Difference) -> bool:
    """Say whether it moves weight: a weight, or a whole entry that came or went."""
    return not each.parts or not _WEIGHTS.isdisjoint(part.message for part in each.parts)


def _of_section(now: Definition, changes: Iterable[Difference]) -> tuple[Difference, ...]:
    name = str(now.path[0]) if now.path else ""
    if name not in terms.SECTIONS:
        return ()
    found = tuple(each for each in changes if each.section == terms.section(name))
    if not isinstance(now.what, (Bands, Lowered, ByLabel)):
        return found
    # A grade's edge decides who has it, its coefficient what it is worth.
    of_coefficient = isinstance(now.what, ByLabel)
    return tuple(
        each for each in found if not each.parts or (_COEFFICIENT in _said(each)) is of_coefficient
    )


def _said(each: Difference) -> set[str]:
    return {part.message for part in each.parts}
