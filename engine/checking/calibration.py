"""What must hold of the guidance for calibration: its grades, its shares, a group's result."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from engine.errors import N_
from engine.model import ByResult, Calibration, Policy, ResultRow
from engine.model.calibration import Shares
from engine.reader import Path
from engine.schema.said import Said, unknown_name

Problem = tuple[Path, Said]
_HERE = "calibration"


def check_calibration(policy: Policy) -> Iterator[Problem]:
    """Yield every problem with its path in the file."""
    guide = policy.calibration
    if guide is None:
        return
    grades = [grade.code for grade in policy.grades]
    yield from _shares((_HERE, "distribution"), guide.distribution, grades)
    yield from _limits(guide, grades)
    total = sum(share for _, share in guide.distribution)
    if total != 1:
        yield (_HERE, "distribution"), _sum(total)
    if guide.by_result is not None:
        yield from _kpi(policy, guide.by_result)
        for place, row in enumerate(guide.by_result.rows):
            path: Path = (_HERE, "by_result", "rows", place)
            yield from _shares((*path, "shares"), row.shares, grades)
            yield from _row(path, guide, guide.by_result.rows, place)


def _shares(path: Path, shares: Shares, grades: list[str]) -> Iterator[Problem]:
    for grade, _ in shares:
        if grade not in grades:
            yield (*path, grade), unknown_name(grade, grades)


def _limits(guide: Calibration, grades: list[str]) -> Iterator[Problem]:
    for name in ("at_most", "at_least"):
        for place, grade in enumerate(getattr(guide, name)):
            if grade not in grades:
                yield (_HERE, name, place), unknown_name(grade, grades)
    for place, grade in enumerate(guide.at_least):
        if grade in guide.at_most:
            yield (
                (_HERE, "at_least", place),
                Said(
                    "rules.both_limits",
                    N_("Grade {grade} is limited from both sides."),
                    N_("Keep it under at_most or under at_least."),
                    grade=grade,
                ),
            )


def _sum(total: Decimal | int) -> Said:
    return Said(
        "rules.distribution",
        N_("The shares of the distribution sum to {sum}%, not to 100%."),
        N_("Change the shares until they do."),
        at_key=True,
        sum=_percent(Decimal(total)),
    )


def _kpi(policy: Policy, by_result: ByResult) -> Iterator[Problem]:
    attained = [
        kpi.code
        for kpi in policy.kpis
        if kpi.target is not None and kpi.better == "higher" and not kpi.raters
    ]
    if by_result.kpi is not None and by_result.kpi not in attained:
        yield (_HERE, "by_result", "kpi"), unknown_name(by_result.kpi, attained)


def _row(
    path: Path, guide: Calibration, rows: tuple[ResultRow, ...], place: int
) -> Iterator[Problem]:
    row = rows[place]
    named = sum(share for _, share in row.shares)
    others = dict(guide.distribution)
    for grade, _ in row.shares:
        others.pop(grade, None)
    if place and row.start >= rows[place - 1].start:
        yield (
            (*path, "from"),
            Said(
                "rules.result_order",
                N_("{start} is not below the row above."),
                N_("List results from the highest down."),
                start=f"{row.start.normalize():f}",
            ),
        )
    if named > 1 or (named < 1 and not sum(others.values())):
        yield (
            (*path, "shares"),
            Said(
                "rules.result_shares",
                N_("These shares sum to {sum}%, and nothing takes up the rest."),
                N_("Name fewer grades: those that are not named share what is left."),
                at_key=True,
                sum=_percent(Decimal(named)),
            ),
        )


def _percent(share: Decimal) -> str:
    return f"{(share * 100).normalize():f}"
