"""Alerts, suggestions for plans and career paths, evaluated over live figures or the past.

They are no part of a policy's results: nothing that is scored, granted or sealed depends on them.
So they are compiled beside the policy, on its facts and on how much of the period is gone, or on
what past cycles gave.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

import polars as pl

from engine.cells import typed
from engine.compile import compile_checked
from engine.definitions import Condition, Definition, Formula
from engine.evaluate import evaluate
from engine.facts import FactColumn, wanted
from engine.forms.scorecard import definitions
from engine.language.expression import Expression
from engine.language.wording import names
from engine.model import Alert, Bilingual, CareerPath, PlanRule, Policy
from engine.reader import Path
from engine.schema.said import Said
from engine.version import Version

GAUGE_DIGITS = 6
GONE = FactColumn(
    "time.gone",
    "number",
    Bilingual("周期已过比例", "share of the period gone"),
    "ratio",
    places=4,
    most=Decimal(1),
)
_PERSON = FactColumn("person", "text", Bilingual("工号或姓名", "the person's code"))


def _past(name: str, zh: str, en: str, unit: str, places: int, most: int) -> FactColumn:
    least = -most if unit == "points" else 0
    return FactColumn(
        f"past.{name}",
        "number",
        Bilingual(zh, en),
        unit,
        required=False,
        places=places,
        least=Decimal(least),
        most=Decimal(most),
    )


# What a path may ask of the past cycles that it looks at, the latest first.
PAST = (
    _past("cycles", "过往周期数", "past cycles with a result", "count", 0, 1000),
    _past("mean_total", "过往平均总分", "mean total", "points", 4, 10_000),
    _past("lowest_total", "过往最低总分", "lowest total", "points", 4, 10_000),
    _past("last_total", "最近一期总分", "latest total", "points", 4, 10_000),
    _past("top_grades", "最高等级次数", "times the best grade", "count", 0, 1000),
    _past("upper_grades", "前两档等级次数", "times one of the two best grades", "count", 0, 1000),
    _past("bottom_grades", "最低等级次数", "times the lowest grade", "count", 0, 1000),
)


@dataclass(frozen=True, slots=True)
class Held:
    """A condition that holds for a person, with the ``figures`` that it names, and its gauge."""

    person: str
    code: str
    figures: Mapping[str, object]
    gauge: Decimal | None = None


def following_problems(policy: Policy) -> list[tuple[Path, Said]]:
    """Return what is wrong in the conditions of alerts, plans and paths, by their paths."""
    found = []
    if policy.alerts or policy.plans:
        found += _compiled(policy)[1]
    if policy.paths:
        found += _paths(policy)[1]
    return [each for each in found if each[0][0] in ("alerts", "plans", "paths")]


def named_in(policy: Policy) -> set[str]:
    """Return the names that alerts and suggestions for plans ask for."""
    asked: list[Expression] = [
        *(each.when for each in policy.alerts),
        *(each.when for each in policy.plans),
        *(each.gauge for each in policy.alerts if each.gauge is not None),
    ]
    return {name.name for formula in asked for name in names(formula)}


def alerts_of(policy: Policy, facts: pl.DataFrame, gone: Decimal) -> list[Held]:
    """Return the alerts whose condition holds, with their gauges, for a scope's ``facts``.

    ``gone`` is the share of the period that is over, from 0 to 1 with four places.
    """
    return list(_held(policy, policy.alerts, "alert", facts, gone))


def suggestions_of(policy: Policy, facts: pl.DataFrame, gone: Decimal) -> list[Held]:
    """Return the rules for plans whose condition holds."""
    return list(_held(policy, policy.plans, "plan", facts, gone))


def eligible(policy: Policy, path: CareerPath, past: Sequence[Mapping[str, str]]) -> list[Held]:
    """Return for whom a path's condition holds.

    ``past`` has a row a person: ``person`` and the columns of ``PAST`` as text, those without a
    value left out.
    """
    version, problems = _paths(policy)
    assert version is not None, problems
    facts = typed(version.facts, list(past), "past")
    rows = evaluate(version, facts, until="grade").frame.to_dicts()
    return [
        Held(row["person"], path.code, _figures(path.when, row))
        for row in rows
        if row[f"path.{path.code}"]
    ]


def _held(
    policy: Policy,
    entries: Sequence[Alert | PlanRule],
    kind: str,
    facts: pl.DataFrame,
    gone: Decimal,
) -> Iterator[Held]:
    if not entries or not facts.height:
        return
    version, problems = _compiled(policy)
    assert version is not None, problems
    share = pl.lit(gone, dtype=pl.Decimal(38, 10)).alias(GONE.name)
    asked = _asked(version, entries, kind)
    facts = facts.with_columns(share)
    rows = evaluate(version, facts, until="grade", only=asked).frame.to_dicts()
    for row in rows:
        for each in entries:
            if row[f"{kind}.{each.code}"]:
                gauge = row.get(f"{kind}.{each.code}.gauge")
                yield Held(row["person"], each.code, _figures(each.when, row), gauge)


def _asked(version: Version, entries: Sequence[Alert | PlanRule], kind: str) -> list[str]:
    """Name what is to be known of the entries: whether they hold, their gauges and figures."""
    held = [f"{kind}.{each.code}" for each in entries]
    figures = [name.name for each in entries for name in names(each.when)]
    known = {fact.name for fact in version.facts} | {each.name for each in version.definitions}
    asked = [*held, *(f"{each}.gauge" for each in held), *figures]
    return [name for name in dict.fromkeys(asked) if name in known and name != "person"]


def _figures(when: Expression, row: Mapping[str, object]) -> dict[str, object]:
    found = dict.fromkeys(name.name for name in names(when))
    return {name: row[name] for name in found if name in row}


@lru_cache(maxsize=16)
def _compiled(policy: Policy) -> tuple[Version | None, list[tuple[Path, Said]]]:
    written = [*definitions(policy), *_alerts(policy), *_plans(policy)]
    return compile_checked(policy, written=written, facts=(*wanted(policy), GONE))


@lru_cache(maxsize=16)
def _paths(policy: Policy) -> tuple[Version | None, list[tuple[Path, Said]]]:
    written = [_condition("path", "paths", each) for each in policy.paths]
    return compile_checked(policy, written=written, facts=(_PERSON, *PAST))


def _alerts(policy: Policy) -> Iterator[Definition]:
    for each in policy.alerts:
        yield _condition("alert", "alerts", each)
        if each.gauge is not None:
            yield Definition(
                f"alert.{each.code}.gauge",
                each.name,
                Formula(each.gauge),
                "number",
                ("alerts", each.code, "gauge"),
                GAUGE_DIGITS,
                measured=True,
            )


def _plans(policy: Policy) -> Iterator[Definition]:
    yield from (_condition("plan", "plans", each) for each in policy.plans)


def _condition(kind: str, section: str, entry: Alert | PlanRule | CareerPath) -> Definition:
    return Definition(
        f"{kind}.{entry.code}",
        entry.name,
        Condition(entry.when),
        "flag",
        (section, entry.code, "when"),
        measured=True,
    )
