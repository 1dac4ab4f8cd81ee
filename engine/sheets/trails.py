"""What the fields of a form are called in words, and finding one again that has moved."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from engine.sheets.parts import Element, Field, Group, Label, Sheet


def trails(of: Sheet) -> dict[str, tuple[Label, ...]]:
    """Say of each field, by name, where it stands: section, groups, line, column."""
    return {
        name: trail
        for part in of.sections
        for element in part.elements
        for name, trail in _within(element, (part.title,))
    }


def standing(of: Sheet) -> dict[str, tuple[Label, ...]]:
    """Say the same of whatever has a name: sections, entries, groups and lines beside fields."""
    found: dict[str, tuple[Label, ...]] = dict(trails(of))
    for part in of.sections:
        found.setdefault(part.name, (part.title,))
        for element in part.elements:
            for name, trail in _holders(element, (part.title,)):
                found.setdefault(name, trail)
    return found


def _holders(element: Element, above: tuple[Label, ...]) -> Iterator[tuple[str, tuple[Label, ...]]]:
    if isinstance(element, Field):
        return
    here = above if element.label is None else (*above, element.label)
    yield element.name, here
    if isinstance(element, Group):
        for each in element.elements:
            yield from _holders(each, here)
        return
    yield from ((line.name, (*here, line.label)) for line in element.lines)


def _within(element: Element, above: tuple[Label, ...]) -> Iterator[tuple[str, tuple[Label, ...]]]:
    if isinstance(element, Field):
        yield element.name, (*above, element.label)
        return
    here = above if element.label is None else (*above, element.label)
    if isinstance(element, Group):
        for each in element.elements:
            # A method of scoring or a condition is itself what its group is called.
            own = isinstance(each, Field) and each.path == element.path
            yield from ((each.name, here),) if own else _within(each, here)
        return
    for line in element.lines:
        for cell in line.cells:
            if isinstance(cell, Field):
                yield cell.name, (*here, line.label, cell.label)


def followed(
    path: str, trail: tuple[object, ...], now: Mapping[str, tuple[object, ...]]
) -> str | None:
    """Return the name of the field that was at ``path`` and called ``trail``; None: no more there.

    A row that was moved keeps what it is called, an entry that was renamed keeps its path: the
    one field that is called so goes first, then the path.
    """
    if now.get(path) == trail:
        return path
    called = [name for name, other in now.items() if other == trail]
    return called[0] if len(called) == 1 else path if path in now else None
