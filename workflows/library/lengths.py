"""Figures of a quarter written for another length of the period.

The library's amounts, counts and company figures are of a quarter. For a month they are a third,
for a half-year twice, for a year four times as much, up to whole numbers; a number of periods
goes the other way.
"""

from __future__ import annotations

from datetime import date
from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal

from engine.language.expression import number
from engine.periods import MONTHS, Period, PeriodKind, containing, parse
from engine.plain import plain_number
from engine.reader import Node, Path, read
from engine.sheets.edit import edited
from engine.sheets.parts import child, entries, text
from engine.sheets.structure import replaced

OF_THE_LIBRARY = MONTHS[PeriodKind.QUARTER]


def lengthened(written: str, declared: Node, period: str, file: str) -> str:
    """Return a policy's text with the quarter's figures that ``declared`` names for ``period``.

    ``per_period`` names figures that grow with the period, ``in_periods`` numbers of periods.
    """
    months = MONTHS[PeriodKind(period)]
    tree = read(written, file)
    changes: dict[Path, str | None] = {}
    for key, ways in (
        ("per_period", (months, OF_THE_LIBRARY)),
        ("in_periods", (OF_THE_LIBRARY, months)),
    ):
        for path in paths_of(child(declared, key)):
            changes[path] = _scaled(tree.node(path).text or "", ways, Decimal(1))
    return edited(written, changes, file) if months != OF_THE_LIBRARY else written


def lengthened_cases(cases: str, declared: Node, period: str, file: str) -> str:
    """Return cases whose people did in a period what they did in a quarter, all in proportion.

    ``declared`` names the ``amounts`` (to the cent) and the ``counts`` among the facts.
    """
    months = MONTHS[PeriodKind(period)]
    if months == OF_THE_LIBRARY:
        return cases
    places = {"amounts": Decimal("0.01"), "counts": Decimal(1)}
    facts = {path[0]: places[key] for key in places for path in paths_of(child(declared, key))}
    changes: dict[Path, str | None] = {
        ("cases", code, "facts", place, str(name)): _scaled(
            text(value), (months, OF_THE_LIBRARY), facts[name]
        )
        for code, case in entries(read(cases, file).root, "cases")
        for place, row in enumerate((child(case, "facts") or case).items or ())
        for name, (_, value) in (row.entries or {}).items()
        if name in facts
    }
    return edited(cases, changes, file)


def _scaled(figure: str, ways: tuple[int, int], unit: Decimal) -> str:
    """Return a figure times one length by another, up to a whole ``unit``: 5 a quarter, 2 a month.

    What rises stays apart so: thresholds of 3, 5 and 7 become 1, 2 and 3.
    """
    exact = number(figure) * ways[0] / ways[1]
    return plain_number(exact.quantize(unit, ROUND_CEILING if unit == 1 else ROUND_HALF_UP))


def paths_of(node: Node | None) -> tuple[Path, ...]:
    """Return the paths that a list of dotted names has; numbers are places in a list."""
    names = [each.text or "" for each in (node.items if node else None) or ()]
    return tuple(
        tuple(int(part) if part.isdecimal() else part for part in name.split(".")) for name in names
    )


def company_figures(written: str, period: str, year: int | None, file: str) -> str:
    """Return a policy's text with each target's company figures for every period of ``year``.

    Those that there are of the same months are shared out or added up, to whole numbers; without
    a year it is the first that they are of. A target of which a month is not known stays.
    """
    for code, node in entries(read(written, file).root, "targets"):
        company = child(node, "company")
        known = {
            parse(label): number(text(value))
            for label, (_, value) in ((company.entries if company else None) or {}).items()
        }
        if known:
            path = ("targets", code, "company")
            wanted = _of_year(known, PeriodKind(period), year)
            if wanted != {each.label: plain_number(figure) for each, figure in known.items()}:
                written = replaced(written, path, wanted, file)
    return written


def _of_year(known: dict[Period, Decimal], kind: PeriodKind, year: int | None) -> dict[str, str]:
    """Return figures of periods for those of another length, by the months that they have."""
    first = min(known).start.year
    monthly = {
        month: (figure, MONTHS[period.kind])
        for period, figure in known.items()
        if period.start.year == first
        for month in range(period.start.month, period.start.month + MONTHS[period.kind])
    }
    found: dict[str, str] = {}
    each = containing(date(year or first, 1, 1), kind)
    while each.start.year == (year or first):
        months = range(each.start.month, each.start.month + MONTHS[kind])
        if all(month in monthly for month in months):
            figures = [monthly[month] for month in months]
            total = sum(figure * (12 // length) for figure, length in figures) / Decimal(12)
            found[each.label] = plain_number(total.quantize(Decimal(1), ROUND_HALF_UP))
        each = each.next
    return found or {period.label: plain_number(figure) for period, figure in known.items()}
