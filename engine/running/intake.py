"""Facts as they come (decimals, integers, text) → scaled integers, or refused."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

import polars as pl

from engine.columns.peers import MAX_PEOPLE
from engine.columns.pooling import MAX_TEAM
from engine.columns.whole import INT, width
from engine.errors import N_, Fault, KaohengError, Place
from engine.facts import SCENARIO, SEGMENT, FactColumn
from engine.running.survey import Span, Survey, surveyed

MAX_FAULTS = 200
# What can be wrong with a cell, each a mask over the column.
_SAYS = {
    "facts.empty_cell": (N_("`{column}` is empty."), N_("Fill it in.")),
    "facts.label": (N_("`{value}` is not one of: {labels}."), N_("Write one of them.")),
    "facts.date": (N_("`{value}` is not a date."), N_("Write it as 2026-07-01.")),
    "facts.range": (
        N_("{value} is out of range for `{column}`."),
        N_("Between {least} and {most}, with at most {places} decimals."),
    ),
}


def checked(wants: Sequence[FactColumn], facts: pl.DataFrame) -> Survey:
    """Return what the columns have in them; raise KaohengError for all that is wrong with them.

    That is missing columns, floats, empty or out-of-range cells, people given twice and teams
    beyond the limit.
    """
    schema = facts.schema  # made anew at every look
    faults = [fault for want in wants for fault in _column_faults(want, schema)]
    if faults:
        raise KaohengError(faults)
    survey = surveyed(wants, facts)
    _check(wants, facts, survey)
    return survey


def scaled(wants: Sequence[FactColumn], facts: pl.DataFrame, survey: Survey) -> pl.DataFrame:
    """Return the wanted columns of checked facts as whole numbers and text.

    Numbers come in units of their last place, as wide as their bounds ask for; defaults stand
    where a cell is absent.
    """
    schema = survey.units.schema
    columns = [
        _text(want, facts) if want.type == "text" else _number(want, survey.spans, schema)
        for want in wants
    ]
    texts = [want.name for want in wants if want.type == "text" and want.name in facts.columns]
    return survey.units.hstack([facts[name] for name in texts]).select(columns)


def _column_faults(want: FactColumn, schema: pl.Schema) -> list[Fault]:
    place = Place(path=want.name)
    if want.name not in schema:
        return (
            [
                Fault(
                    "facts.missing_column",
                    N_("The column `{column}` is missing."),
                    N_("Add it; `kaoheng rules facts` lists the columns."),
                    {"column": want.name},
                    place,
                )
            ]
            if want.required
            else []
        )
    kind = schema[want.name]
    if want.type == "number" and not (kind.is_integer() or kind.is_decimal() or kind == pl.Null):
        return [
            Fault(
                "facts.float",
                N_("The column `{column}` is {kind}, not exact."),
                N_("Give whole numbers or decimals."),
                {"column": want.name, "kind": str(kind)},
                place,
            )
        ]
    return []


def _text(want: FactColumn, facts: pl.DataFrame) -> pl.Expr:
    if want.name in facts.columns:
        return pl.col(want.name).cast(pl.String)
    return pl.lit(None, dtype=pl.String).alias(want.name)


def _number(want: FactColumn, spans: Mapping[str, Span], schema: pl.Schema) -> pl.Expr:
    scale = 10**want.places
    kind = width(int(want.least * scale), int(want.most * scale))
    default = pl.lit(None if want.default is None else int(want.default * scale), dtype=kind)
    if want.name not in schema:
        return default.alias(want.name)
    column, finer = pl.col(want.name), spans[want.name].places - want.places
    if finer > 0:
        column = column // pl.lit(10**finer, dtype=schema[want.name])
    if finer < 0:
        column = column.cast(kind) * pl.lit(10**-finer, dtype=kind)
    column = column.cast(kind)
    return column if want.default is None else column.fill_null(default)


def _check(wants: Sequence[FactColumn], facts: pl.DataFrame, survey: Survey) -> None:
    # A look over a column is cheap; what is wrong is only spelt out where there is something.
    doubtful = [want for want in wants if not _is_clean(want, facts, survey.spans.get(want.name))]
    masks = [(want, code, mask) for want in doubtful for code, mask in _masks(want, facts, survey)]
    faults = [
        fault for want, code, mask in masks for fault in _cell_faults(want, code, mask, facts)
    ]
    faults += _repeated(facts) + _crowded(facts) + _many(facts)
    if faults:
        raise KaohengError(faults[:MAX_FAULTS])


def _repeated(facts: pl.DataFrame) -> list[Fault]:
    once = [name for name in (SCENARIO.name, SEGMENT.name, "person") if name in facts.columns]
    if _all_differ(facts, once):
        return []
    twice = facts.filter(pl.struct(once).is_duplicated())["person"].unique().sort()
    return [
        Fault(
            "facts.repeated",
            N_("`{person}` is given twice."),
            N_("Give one row per person."),
            {"person": each},
        )
        for each in twice.to_list()
    ]


def _all_differ(facts: pl.DataFrame, names: Sequence[str]) -> bool:
    if names == ["person"] and facts["person"].is_sorted():
        person = pl.col("person")
        return not facts.select((person == person.shift()).any()).item()
    return facts.n_unique(subset=names) == facts.height


def _many(facts: pl.DataFrame) -> list[Fault]:
    """Looks across people are proven exact for so many rows and no more."""
    if facts.height <= MAX_PEOPLE:
        return []
    return [
        Fault(
            "facts.too_many",
            N_("There are {count} rows; at most {limit} are scored together."),
            N_("Score parts of the company by themselves."),
            {"count": facts.height, "limit": MAX_PEOPLE},
        )
    ]


def _crowded(facts: pl.DataFrame) -> list[Fault]:
    if facts.height <= MAX_TEAM or "team" not in facts.columns:
        return []
    within = [name for name in (SCENARIO.name, "team") if name in facts.columns]
    sizes = facts.filter(pl.col("team").is_not_null()).group_by(within).len()
    crowds = sizes.filter(pl.col("len") > MAX_TEAM)["team"]
    return [
        Fault(
            "facts.team_size",
            N_("Team `{team}` has more than {limit} members."),
            N_("Split it."),
            {"team": each, "limit": MAX_TEAM},
        )
        for each in crowds.to_list()
    ]


def _is_clean(want: FactColumn, facts: pl.DataFrame, span: Span | None) -> bool:
    """Say whether every cell of a column is as it should be, without a look at each."""
    if span is None:
        return not want.required
    if (want.required and span.gaps) or span.gaps == facts.height:
        return not want.required
    if want.unit == "date":
        return False
    if want.type == "text":
        known = pl.col(want.name).is_in(list(want.labels))
        return not want.labels or bool(facts.select(known.all()).item())
    if span.low is None or span.high is None:
        return True
    unit = Decimal(1).scaleb(-span.places)
    within = want.least <= span.low * unit and span.high * unit <= want.most
    return within and span.digits <= want.places


def _masks(want: FactColumn, facts: pl.DataFrame, survey: Survey) -> list[tuple[str, pl.Series]]:
    column = facts[want.name]
    found: list[tuple[str, pl.Series]] = []
    if want.required:
        found.append(("facts.empty_cell", column.is_null()))
    if want.labels:
        found.append(("facts.label", ~column.is_in(list(want.labels))))
    if want.unit == "date":
        dated = column.str.to_date("%Y-%m-%d", strict=False).is_null() & column.is_not_null()
        found.append(("facts.date", dated))
    if want.type == "number":
        units, have = (
            survey.units.select(pl.col(want.name).cast(INT)),
            survey.spans[want.name].places,
        )
        scale = 10**have
        value = pl.col(want.name)
        beyond = (value < pl.lit(int(want.least * scale), dtype=INT)) | (
            value > pl.lit(int(want.most * scale), dtype=INT)
        )
        if have > want.places:
            beyond |= value % pl.lit(10 ** (have - want.places), dtype=INT) != 0
        found.append(("facts.range", units.select(beyond).to_series()))
    return [(code, mask.fill_null(False)) for code, mask in found]


def _cell_faults(want: FactColumn, code: str, mask: pl.Series, facts: pl.DataFrame) -> list[Fault]:
    message, remedy = _SAYS[code]
    marked = facts.filter(mask).head(MAX_FAULTS)
    values = marked[want.name].to_list() if want.name in facts.columns else [None] * marked.height
    limits = {
        "column": want.name,
        "labels": ", ".join(want.labels),
        "least": f"{want.least:f}",
        "most": f"{want.most:f}",
        "places": want.places,
    }
    return [
        Fault(
            code, message, remedy, {**limits, "value": value}, Place(path=f"{person}.{want.name}")
        )
        for person, value in zip(marked["person"].to_list(), values, strict=True)
    ]
