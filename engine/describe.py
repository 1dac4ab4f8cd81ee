"""Definitions in words: the formula as written, and the same with a person's numbers put in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from engine.definitions import (
    Across,
    Appraised,
    Attainment,
    Bands,
    ByDate,
    ByLabel,
    Calibrated,
    Conclusion,
    Condition,
    Decided,
    Formula,
    Growth,
    Lookup,
    Lowered,
    Mean,
    Ratio,
    Share,
    TeamSum,
    Weight,
    What,
)
from engine.errors import N_
from engine.expression import Expression, Name
from engine.model import Dated
from engine.plain import plain_number
from engine.tabled import tabled
from engine.wording import spell

Put = Callable[[str], str]


def worded(value: object, name: str) -> str:
    """Word a value; a name that is none (a grade's code) stays as it is."""
    if value is None:
        return name if name not in {"team", "person"} and name.isupper() else "–"
    if isinstance(value, bool):
        return "true" if value else "false"
    return plain_number(value) if isinstance(value, Decimal) else str(value)


@dataclass(frozen=True, slots=True)
class Wording:
    """How a reader wants it: what a name is called, how its value looks, and the words between.

    ``say`` is given an English msgid and its fields. As it stands: the file's own names.
    """

    name: Callable[[str], str] = str
    value: Callable[[object, str], str] = worded
    say: Callable[..., str] = str.format


PLAIN = Wording()


def described(what: What, row: Mapping[str, Any], wording: Wording = PLAIN) -> tuple[str, str]:
    """Return the formula, and the formula with the values of ``row`` in place of names."""
    say = wording.say
    return _written(what, wording.name, say), _written(what, _putting(row, wording), say)


def put_in(formula: Expression, row: Mapping[str, Any], wording: Wording = PLAIN) -> str:
    """Return a formula with the values of ``row`` in place of names."""
    return spell(formula, _putting(row, wording))


def _putting(row: Mapping[str, Any], wording: Wording) -> Put:
    return lambda name: wording.value(
        row.get("final_grade" if name == "grade" and "final_grade" in row else name), name
    )


def _written(what: What, put: Put, say: Callable[..., str]) -> str:  # noqa: PLR0911, PLR0912 (one return per kind)
    match what:
        case Formula() | Condition():
            return spell(what.of, put)
        case Lookup():
            worth = _bounded(tabled(what.table, put, say), what.floor, what.cap)
            return f"if({spell(what.gate, put)}, {worth}, 0)" if what.gate else worth
        case Ratio():
            return f"{put(what.top)} / {put(what.bottom)}"
        case Growth():
            return f"{put(what.now)} / {put(what.base)} - 1"
        case Across():
            return _across(what, put, say)
        case ByDate():
            return "; ".join(f"{row.start}: {_dated(row)}" for row in what.rows)
        case Lowered():
            limits = (
                say(N_("at most {label} where {flag}"), label=label, flag=put(flag))
                for flag, label in what.rows
            )
            return "; ".join((put(what.of), *limits))
        case Attainment():
            return _attainment(what, put)
        case Mean():
            top = " + ".join(f"{put(name)} * {_weight(weight, put)}" for name, weight in what.terms)
            return _bounded(say(N_("({sum}) / weights"), sum=top), what.floor, what.cap)
        case Bands() | ByLabel():
            rows = "; ".join(f"{label}: {plain_number(number)}" for label, number in what.rows)
            return f"{put(what.of)} → [{rows}]"
        case Calibrated():
            return say(N_("{first} or {second}"), first=put(what.given), second=put(what.computed))
        case Appraised():
            return say(N_("{name} is known"), name=put(what.of))
        case TeamSum():
            return (
                say(N_("team sum of {name}"), name=what.of) if what.of else say(N_("team members"))
            )
        case Conclusion():
            return " or ".join(put(rule) for rule in what.rules)
        case Weight():
            return put(what.of) if what.of else "1"
        case Share():
            whole = say(N_("team sum of {name}"), name=what.weight)
            return f"{put(what.fund)} * {put(what.weight)} / {whole}"
        case Decided():
            return spell(what.when, put)


_TAKES = {
    "sum": N_("sum of {figure} over {peers}"),
    "mean": N_("mean of {figure} over {peers}"),
    "min": N_("smallest {figure} of {peers}"),
    "max": N_("largest {figure} of {peers}"),
    "count": N_("number of people in {peers}"),
    "rank": N_("rank of {figure} among {peers}"),
    "share": N_("share of {figure} in {peers}"),
}
_PEERS = {
    "all": N_("everybody"),
    "team": N_("the team"),
    "person": N_("the person's segments"),
}


def _across(what: Across, put: Put, say: Callable[..., str]) -> str:
    peers = what.of
    key = what.keys[0] if what.keys else "all"
    group = say(_PEERS[key]) if key in _PEERS else put(key)
    figure = "" if peers.of is None else spell(peers.of, put)
    text = say(_TAKES[peers.take], figure=figure, peers=group)
    if peers.where is None:
        return text
    return say(N_("{text}, where {condition}"), text=text, condition=spell(peers.where, put))


def _weight(weight: Decimal | str, put: Put) -> str:
    return put(weight) if isinstance(weight, str) else plain_number(weight)


def _dated(row: Dated) -> str:
    """Word what holds from a day on, with the decision that it rests on."""
    by = ", ".join(f"{label} {plain_number(figure)}" for label, figure in row.by)
    text = by if row.value is None else plain_number(row.value)
    return f"{text} ({row.reference})" if row.reference else text


def _attainment(what: Attainment, put: Put) -> str:
    actual, target = put(what.actual), put(what.target)
    if what.better == "higher":
        return f"{actual} / {target}"
    return f"{target} / {actual}" if what.form == "ratio" else f"2 - {actual} / {target}"


def _bounded(text: str, floor: Decimal | None, cap: Decimal | None) -> str:
    if cap is not None:
        text = f"min({text}, {plain_number(cap)})"
    return text if floor is None else f"max({text}, {plain_number(floor)})"


def shortfall(node: Expression, row: Mapping[str, Any]) -> Decimal | None:
    """Return by how much a comparison fails, where both sides are plain names or numbers."""
    left, right = (
        _plain_value(side, row)
        for side in (getattr(node, "left", None), getattr(node, "right", None))
    )
    return None if left is None or right is None else abs(left - right)


def _plain_value(node: Any, row: Mapping[str, Any]) -> Decimal | None:
    value = row.get(node.name) if isinstance(node, Name) else getattr(node, "value", None)
    return value if isinstance(value, Decimal) else None
