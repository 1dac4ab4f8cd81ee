"""Segments 分段考核: parts of a period, scored apart and put together by days.

Somebody who moves, changes target or is away for long has a row of facts for each part. Each
is scored by itself, with its own target and team. Points and total are then the mean by days
in post, HALF_UP where they are shown; amounts and targets are added up; and one row a person
goes on to grades, rules and pay, in the team of the last part.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import polars as pl

from engine.columns import exact
from engine.columns.exact import INT, Exact
from engine.errors import N_, Fault, KaohengError, Place
from engine.facts import MAX_FAULTS, SCENARIO, SEGMENT, target_fact
from engine.forms.results import BEFORE_VETO
from engine.version import Version

DAYS = "days_in_post"
_DIVISIBLE = frozenset({"money", "count", "days"})
# Whoever is that in any segment has no total; the first that holds is the state.
_WITHOUT_TOTAL = ("too_short", "pending")
# What a mean by days is proven for: so large a score, so many days (in ten-thousandths).
_LARGEST, _MOST = 10**20, 10**13
_REACH = _LARGEST * _MOST


def has_segments(version: Version, raw: pl.DataFrame) -> bool:
    """Whether anybody has more than one row."""
    return version.policy.presence.segments and raw.n_unique(_keys(raw)) < raw.height


def blended(version: Version) -> dict[str, int]:
    """Return what is put together by days, with its places: points, dimensions, the total."""
    return {each.name: each.digits for each in version.definitions if each.by_days}


def added(version: Version) -> tuple[str, ...]:
    """Name the definitions that are added up: targets that are each a part of their period's."""
    return tuple(each.code for each in version.policy.targets if each.prorate)


def put_together(
    version: Version, raw: pl.DataFrame, scored: Callable[[pl.DataFrame], pl.DataFrame]
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return a row a person, and the segments as they were ``scored``.

    The rows have the blended columns already; evaluation computes all others anew.
    """
    segments = scored(raw)
    _check_scores(version, segments)
    by_days = [part for name in blended(version) for part in _parts(name)]
    folded = segments.group_by(_keys(raw), maintain_order=True).agg(
        *(_folded(version, want.name) for want in version.facts if want.name not in _keys(raw)),
        *(pl.col(name).cast(INT).sum() for name in added(version)),
        *by_days,
        *(_some(state) for state in _WITHOUT_TOTAL if version.policy.kpis),
    )
    _check_bounds(version, folded)
    means = {name: _mean(name, digits) for name, digits in blended(version).items()}
    kept = [name for name in folded.columns if not name.startswith("% ")]
    if version.policy.kpis:
        means |= _results(means)
    return folded.with_columns(**means).select(*kept, *means), segments


def _some(state: str) -> pl.Expr:
    return (pl.col("state") == state).any().alias(f"% {state}")


def _results(means: dict[str, pl.Expr]) -> dict[str, pl.Expr]:
    """Give the total, which waits while any segment does, and the state of the whole."""
    total = next(name for name in (f"total.{BEFORE_VETO}", "total") if name in means)
    without = pl.any_horizontal([pl.col(f"% {state}") for state in _WITHOUT_TOTAL])
    state = pl.when(means[total].is_not_null()).then(pl.lit("appraised"))
    found = state.otherwise(pl.lit("not_appraisable"))
    for each in reversed(_WITHOUT_TOTAL):
        found = pl.when(pl.col(f"% {each}")).then(pl.lit(each)).otherwise(found)
    return {total: pl.when(~without).then(means[total]), "state": found}


def _keys(raw: pl.DataFrame) -> list[str]:
    return [name for name in (SCENARIO.name, "person") if name in raw.columns]


def _folded(version: Version, name: str) -> pl.Expr:
    """Add up what is measured and aimed at; of the rest, take the last segment's.

    A measure of other periods (the year to date, the last one) is not the segment's own, and
    half a rate is no rate: the last segment's is the person's.
    """
    policy = version.policy
    summed = {DAYS, *(each.code for each in policy.measures if each.period == "this")}
    summed |= {
        target_fact(each) for each in policy.targets if not each.prorate and each.unit in _DIVISIBLE
    }
    if name == SEGMENT.name:
        return pl.lit(None, dtype=pl.String).first().alias(name)
    if name in summed:
        return pl.col(name).cast(INT).sum()
    return pl.col(name).sort_by(SEGMENT.name).last()


def _parts(name: str) -> Iterator[pl.Expr]:
    days = pl.col(DAYS).cast(INT)
    yield (pl.col(name) * days).sum().alias(f"% {name} top")
    yield days.filter(pl.col(name).is_not_null()).sum().alias(f"% {name} bottom")


def _mean(name: str, digits: int) -> pl.Expr:
    bottom = pl.col(f"% {name} bottom")
    mean = Exact(
        pl.col(f"% {name} top"),
        -_REACH,
        _REACH,
        digits,
        pl.when(bottom > 0).then(bottom),
        _MOST,
    )
    return exact.rounded(mean, digits).top


def _check_scores(version: Version, segments: pl.DataFrame) -> None:
    """Refuse scores that a mean by days is not proven for; no scale of points is that long."""
    faults = [
        Fault(
            "facts.score_size",
            N_("`{name}` is too large for a mean of segments."),
            N_("Let the policy score in points, or give it a cap."),
            {"name": name},
            Place(path=f"{person}.{name}"),
        )
        for name in blended(version)
        for person in segments.filter(pl.col(name).cast(INT).abs() > pl.lit(_LARGEST, dtype=INT))[
            "person"
        ].to_list()
    ]
    if faults:
        raise KaohengError(faults[:MAX_FAULTS])


def _check_bounds(version: Version, folded: pl.DataFrame) -> None:
    faults = [
        Fault(
            "facts.range",
            N_("The segments of `{column}` add up to what is out of range."),
            N_("Between {least} and {most}, with at most {places} decimals."),
            {
                "column": want.name,
                "least": f"{want.least:f}",
                "most": f"{want.most:f}",
                "places": want.places,
            },
            Place(path=f"{person}.{want.name}"),
        )
        for want in version.facts
        if want.type == "number"
        for person in folded.filter(
            (pl.col(want.name) < int(want.least.scaleb(want.places)))
            | (pl.col(want.name) > int(want.most.scaleb(want.places)))
        )["person"].to_list()
    ]
    if faults:
        raise KaohengError(faults[:MAX_FAULTS])
