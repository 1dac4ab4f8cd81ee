"""Facts: which columns a policy wants, and rows of text → a typed frame, cell by cell."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Literal

import polars as pl

from engine.errors import N_, Fault, KaohengError, Place
from engine.exact import Exact
from engine.expression import number
from engine.model import Bilingual, Input, Kpi, Measure, Policy, Target
from engine.reader import nearest
from engine.schema.policy import exponent
from engine.values import Label, Numeric, Value, dimension

MAX_FAULTS = 200
DECIMAL = pl.Decimal(38, 10)
# Decimals and size by unit (one person, one period); money has its currency's decimals.
# Measures have more: a credited share of an amount is not rounded before the policy says so.
MEASURED = {"money": 10, "count": 6, "days": 6}
PLACES = {"count": 4, "ratio": 6, "points": 4, "days": 4, "number": 6}
MOST = {
    "money": 10**13,
    "count": 10**9,
    "ratio": 10**6,
    "points": 10**6,
    "days": 10**9,
    "number": 10**12,
}


@dataclass(frozen=True, slots=True)
class FactColumn:
    """One column of facts. Numbers lie in ``least``..``most`` with at most ``places`` decimals.

    ``default`` stands in for an empty cell; ``labels`` are what a text may be (empty: anything).
    An empty cell that ``waits`` keeps the person's result pending.
    """

    name: str
    type: Literal["text", "number"]
    title: Bilingual
    unit: str = ""
    required: bool = True
    default: Decimal | None = None
    places: int = 0
    least: Decimal = Decimal(0)
    most: Decimal = Decimal(0)
    labels: tuple[str, ...] = ()
    waits: bool = False

    def value(self) -> Value:
        """Return what the name stands for in a formula."""
        if self.type == "text":
            return Label(pl.col(self.name), frozenset(self.labels))
        scale = 10**self.places
        exact = Exact(
            pl.col(self.name), int(self.least * scale), int(self.most * scale), self.places
        )
        return Numeric(exact, dimension(self.unit))


# Tells several scenarios of one population apart.
SCENARIO = FactColumn("scenario", "text", Bilingual("情景", "scenario"))
# The first day of the period: what is dated is taken as of then.
DATE = FactColumn("date", "text", Bilingual("日期", "date"), "date")
SEGMENT = FactColumn("segment", "text", Bilingual("分段", "segment"), required=False)
DAYS = {
    "days_in_post": (Bilingual("在岗天数", "days in post"), 0),
    "days_in_period": (Bilingual("周期天数", "days of the period"), 1),
}


def wanted(policy: Policy) -> list[FactColumn]:
    """List the columns that a policy wants, in the file's order."""
    return [
        FactColumn("person", "text", Bilingual("工号或姓名", "the person's code")),
        FactColumn(
            "team", "text", Bilingual("团队", "the person's team"), required=_in_teams(policy)
        ),
        *([DATE] if any(constant.values for constant in policy.constants) else ()),
        *_presence(policy),
        *(_measured(policy, each) for each in policy.measures if not each.is_made_of_others),
        *(
            _number(policy, target_fact(each), each.name, each.unit, least=Decimal(0))
            for each in policy.targets
        ),
        *(_given(policy, each) for each in policy.inputs),
        *(column for kpi in policy.kpis for column in _of_kpi(kpi)),
        *_calibrated(policy),
    ]


def target_fact(target: Target) -> str:
    """Name the column of a target: of the whole period's, where days then make it smaller."""
    return f"{target.code}.full" if target.prorate else target.code


def _in_teams(policy: Policy) -> bool:
    among = {step.over.among for step in policy.steps if step.over}
    return bool(policy.pools) or "team" in among


def _presence(policy: Policy) -> Iterator[FactColumn]:
    """Give the days that targets and segments are weighted by, where there are any."""
    presence = policy.presence
    prorated = any(target.prorate for target in policy.targets)
    if presence.segments:
        yield SEGMENT
    for name, (title, least) in DAYS.items():
        if prorated or (name == "days_in_post" and (presence.least_days or presence.segments)):
            yield _number(policy, name, title, "days", None, Decimal(least), Decimal(366))


def _given(policy: Policy, given: Input) -> FactColumn:
    default = Decimal(0) if given.if_missing == "zero" else given.default
    required = default is None and given.if_missing == "refuse"
    waits = given.if_missing == "pending"
    if given.unit == "label":
        return FactColumn(
            given.code, "text", given.name, "label", required, labels=given.options, waits=waits
        )
    column = _number(policy, given.code, given.name, given.unit, default, given.min, given.max)
    return replace(column, required=required, waits=waits)


def _of_kpi(kpi: Kpi) -> Iterator[FactColumn]:
    """Give what raters say of a KPI, and its weight where a person has one of their own."""
    for rater, _ in kpi.raters:
        yield FactColumn(
            f"{kpi.code}.{rater}",
            "number",
            Bilingual(f"{kpi.name.zh}·{rater}", f"{kpi.name.en}: {rater}"),
            "points",
            kpi.if_unrated == "refuse",
            Decimal(0) if kpi.if_unrated == "zero" else None,
            PLACES["points"],
            Decimal(0),
            kpi.scale,
            waits=kpi.if_unrated == "pending",
        )
    if kpi.weight_band is not None:
        yield FactColumn(
            f"{kpi.code}.weight",
            "number",
            Bilingual(f"{kpi.name.zh}·权重", f"{kpi.name.en}: weight"),
            "ratio",
            False,
            kpi.weight,
            PLACES["ratio"],
            *kpi.weight_band,
        )


def _calibrated(policy: Policy) -> Iterator[FactColumn]:
    if policy.kpis and policy.grades:
        yield FactColumn(
            "calibrated_grade",
            "text",
            Bilingual("校准后等级", "calibrated grade"),
            required=False,
            labels=tuple(grade.code for grade in policy.grades),
        )


def columns(version: object) -> tuple[FactColumn, ...]:
    """List the columns that a compiled version wants."""
    found: tuple[FactColumn, ...] = version.facts  # type: ignore[attr-defined]
    return found


def _measured(policy: Policy, measure: Measure) -> FactColumn:
    least = None if measure.kind in {"sum", "days"} else Decimal(0)
    column = _number(policy, measure.code, measure.name, measure.unit, least=least)
    return replace(column, places=MEASURED.get(measure.unit, 6))


def _number(
    policy: Policy,
    name: str,
    title: Bilingual,
    unit: str,
    default: Decimal | None = None,
    least: Decimal | None = None,
    most: Decimal | None = None,
) -> FactColumn:
    limit = Decimal(MOST[unit])
    return FactColumn(
        name,
        "number",
        title,
        unit,
        default is None,
        default,
        exponent(policy.currency) if unit == "money" else PLACES[unit],
        -limit if least is None else least,
        limit if most is None else most,
    )


def typed(
    wants: Sequence[FactColumn],
    rows: Iterable[Mapping[str, str | None]],
    file: str,
    lines: Sequence[int] | None = None,
) -> pl.DataFrame:
    """Turn rows of text into a frame; raise KaohengError with every bad cell's line and column.

    ``lines`` are the lines (or sheet rows) that the rows stand in; without, they follow a header.
    """
    table = list(rows)
    numbers = list(lines or range(2, len(table) + 2))
    faults = _missing_columns(wants, table, file)
    data: dict[str, list[str | Decimal | None]] = {}
    for want in wants if not faults else ():
        data[want.name] = [
            _cell(want, row.get(want.name), Place(file, line, path=want.name), faults)
            for line, row in zip(numbers, table, strict=True)
        ]
    if not faults:
        segments = data.get(SEGMENT.name, [None] * len(table))
        faults = _repeated(list(zip(data["person"], segments, strict=True)), file, numbers)
    if faults:
        raise KaohengError(faults[:MAX_FAULTS])
    return pl.DataFrame(data, schema=schema(wants))


def schema(wants: Sequence[FactColumn]) -> dict[str, pl.DataType]:
    return {want.name: pl.String() if want.type == "text" else DECIMAL for want in wants}


def _missing_columns(
    wants: Sequence[FactColumn], table: list[Mapping[str, str | None]], file: str
) -> list[Fault]:
    if not table:
        return [
            Fault(
                "facts.empty",
                N_("There is not one row of facts."),
                N_("Give a row per person."),
                place=Place(file),
            )
        ]
    given = list(dict.fromkeys(name for row in table for name in row))
    faults = [
        Fault(
            "facts.missing_column",
            N_("The column `{column}` is missing."),
            N_("Did you mean `{nearest}`?")
            if nearest(want.name, given)
            else N_("Add it; `kaoheng rules facts` lists the columns."),
            {"column": want.name, "nearest": nearest(want.name, given)},
            Place(file, 1, path=want.name),
        )
        for want in wants
        if want.required and want.name not in given
    ]
    known = [want.name for want in wants]
    faults += [
        Fault(
            "facts.unknown_column",
            N_("The column `{column}` is not one of this policy's."),
            N_("Remove or rename it; `kaoheng rules facts` lists the columns."),
            {"column": name},
            Place(file, 1, given.index(name) + 1),
        )
        for name in given
        if name not in known
    ]
    return faults


def _cell(
    want: FactColumn, text: str | None, place: Place, faults: list[Fault]
) -> str | Decimal | None:
    text = text.strip() if text else ""
    if not text:
        if want.required:
            faults.append(
                Fault(
                    "facts.empty_cell",
                    N_("`{column}` is empty."),
                    N_("Fill it in."),
                    {"column": want.name},
                    place,
                )
            )
        return want.default
    if want.unit == "date" and not _is_date(text):
        faults.append(
            Fault(
                "facts.date",
                N_("`{value}` is not a date."),
                N_("Write it as 2026-07-01."),
                {"value": text[:40]},
                place,
            )
        )
    if want.type == "text":
        if want.labels and text not in want.labels:
            faults.append(
                Fault(
                    "facts.label",
                    N_("`{value}` is not one of: {labels}."),
                    N_("Write one of them."),
                    {"value": text[:40], "labels": ", ".join(want.labels)},
                    place,
                )
            )
        return text
    return _decimal(want, text, place, faults)


def _is_date(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _decimal(want: FactColumn, text: str, place: Place, faults: list[Fault]) -> Decimal | None:
    try:
        found = number(text)
    except ValueError:
        faults.append(
            Fault(
                "facts.number",
                N_("`{value}` is not a number."),
                N_("Write digits, such as 1234.50."),
                {"value": text[:40]},
                place,
            )
        )
        return None
    exponent_ = found.normalize().as_tuple().exponent
    if not want.least <= found <= want.most or (
        isinstance(exponent_, int) and -exponent_ > want.places
    ):
        faults.append(
            Fault(
                "facts.range",
                N_("{value} is out of range for `{column}`."),
                N_("Between {least} and {most}, with at most {places} decimals."),
                {
                    "value": text[:40],
                    "column": want.name,
                    "least": f"{want.least:f}",
                    "most": f"{want.most:f}",
                    "places": want.places,
                },
                place,
            )
        )
    return found


def _repeated(
    people: Sequence[tuple[object, object]], file: str, numbers: Sequence[int]
) -> list[Fault]:
    """Name whoever is given twice, in one segment."""
    seen: dict[tuple[object, object], int] = {}
    faults = []
    for line, person in zip(numbers, people, strict=True):
        if person in seen:
            faults.append(
                Fault(
                    "facts.twice",
                    N_("`{person}` is in lines {first} and {second}."),
                    N_("Give one row per person."),
                    {"person": person[0], "first": seen[person], "second": line},
                    Place(file, line, path="person"),
                )
            )
        seen.setdefault(person, line)
    return faults
