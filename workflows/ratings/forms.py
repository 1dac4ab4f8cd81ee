"""What a rating's form holds, and what it still lacks: asked of its fields, never of its prose."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from engine.errors import N_, Fault, Place
from engine.model import Bilingual, Policy, Rating
from engine.plain import plain_number
from engine.rated import Rated, is_extreme, rated_of

# What is said of a KPI besides the points: 表扬, 不足, 事例, 建议.
WORDS = ("praise", "criticism", "case", "advice")
FIELDS = ("points", *WORDS)
LONGEST = 2_000
PLACES = 2

Answers = Mapping[str, Mapping[str, str]]


def points_of(text: str, rated: Rated) -> Decimal | None:
    """Return the points that were typed; None where they are no points of this KPI."""
    try:
        points = Decimal(text.strip().replace("，", "").replace(",", ""))
    except InvalidOperation:
        return None
    exponent = points.as_tuple().exponent
    if not isinstance(exponent, int) or -exponent > PLACES or points.is_signed():
        return None
    return points if points <= rated.kpi.scale else None


def faults_of(policy: Policy, rating: Rating, answers: Answers, about: str = "") -> list[Fault]:
    """Return what keeps a form from being given; ``about`` stands before each field's place."""
    return [
        fault
        for rated in rated_of(policy, rating)
        for fault in _of_kpi(policy, rated, answers.get(rated.kpi.code, {}), about)
    ]


def wrong_points(policy: Policy, rating: Rating, answers: Answers, about: str = "") -> list[Fault]:
    """Return the cells that hold something that are no points; empty ones are not wrong yet."""
    return [
        _no_points(rated, answers[rated.kpi.code]["points"], f"{about}{rated.kpi.code}.points")
        for rated in rated_of(policy, rating)
        if answers.get(rated.kpi.code, {}).get("points", "").strip()
        and points_of(answers[rated.kpi.code]["points"], rated) is None
    ]


def cleaned(answers: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    """Return the fields that a form has, each within its length."""
    return {
        kpi: {name: str(fields[name]).strip()[:LONGEST] for name in FIELDS if name in fields}
        for kpi, fields in answers.items()
    }


def _of_kpi(policy: Policy, rated: Rated, said: Mapping[str, str], about: str) -> Iterator[Fault]:
    place = f"{about}{rated.kpi.code}"
    typed = said.get("points", "")
    points = points_of(typed, rated)
    if points is None:
        yield _no_points(rated, typed, f"{place}.points")
        return
    words = {name: said.get(name, "").strip() for name in WORDS}
    for name in ("case", "advice"):
        if words[name]:
            continue
        if is_extreme(policy, rated.kpi, points):
            yield _wants(rated, name, f"{place}.{name}", plain_number(points))
        elif words["criticism"]:
            yield _kindly(rated, name, f"{place}.{name}")


def _no_points(rated: Rated, typed: str, place: str) -> Fault:
    return Fault(
        "ratings.points",
        N_("“{typed}” is not between 0 and {most} points for {kpi}.")
        if typed.strip()
        else N_("{kpi} has no points yet."),
        N_("Give 0 to {most} points, with at most two decimals."),
        {"typed": typed.strip()[:40], "most": plain_number(rated.kpi.scale), "kpi": _named(rated)},
        Place(path=place),
    )


def _wants(rated: Rated, name: str, place: str, points: str) -> Fault:
    message, remedy = {
        "case": (
            N_("{points} for {kpi} is among the highest or the lowest: it needs a case."),
            N_("Describe what happened: when, with whom, what came of it."),
        ),
        "advice": (
            N_("{points} for {kpi} is among the highest or the lowest: it needs advice."),
            N_("Say what to keep up, or what to do otherwise next time."),
        ),
    }[name]
    return Fault(
        "ratings.extreme",
        message,
        remedy,
        {"points": points, "kpi": _named(rated)},
        Place(path=place),
    )


def _kindly(rated: Rated, name: str, place: str) -> Fault:
    message, remedy = {
        "case": (
            N_("What is criticised in {kpi} helps more with a case beside it."),
            N_("Add one thing that happened, so that it can be understood."),
        ),
        "advice": (
            N_("What is criticised in {kpi} helps more with advice beside it."),
            N_("Add what would make it better, so that something can be done."),
        ),
    }[name]
    return Fault(
        "ratings.bare_criticism", message, remedy, {"kpi": _named(rated)}, Place(path=place)
    )


def _named(rated: Rated) -> Bilingual:
    return rated.kpi.name
