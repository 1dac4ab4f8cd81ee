"""Definitions in words: the formula as written, and the same with a person's numbers put in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
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
from engine.language.expression import Expression
from engine.language.wording import spell
from engine.model import Dated
from engine.plain import plain_number
from engine.tables.words import tabled

Put = Callable[[str], str]


def worded(value: object, _name: str) -> str:
    """Word a value; one that is not applicable is a dash."""
    if value is None:
        return "–"
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
    known = what if not isinstance(what, Mean) else _applicable(what, row)
    return _written(what, wording.name, say), _written(known, _putting(row, wording), say)


def put_in(formula: Expression, row: Mapping[str, Any], wording: Wording = PLAIN) -> str:
    """Return a formula with the values of ``row`` in place of names."""
    return spell(formula, _putting(row, wording), wording.say)


def _putting(row: Mapping[str, Any], wording: Wording) -> Put:
    """Put values in; what has none (a grade's code) stays as it is."""

    def put(name: str) -> str:
        stands = "final_grade" if name == "grade" and "final_grade" in row else name
        return wording.value(row[stands], name) if stands in row else name

    return put


def _applicable(what: Mean, row: Mapping[str, Any]) -> Mean:
    """Leave out what is not applicable: the others share its weight."""
    known = tuple(term for term in what.terms if row.get(term[0]) is not None)
    return replace(what, terms=known or what.terms)


def _written(what: What, put: Put, say: Callable[..., str]) -> str:  # noqa: PLR0911, PLR0912 (one return per kind)
    match what:
        case Formula() | Condition():
            return spell(what.of, put, say)
        case Lookup():
            return _looked_up(what, put, say)
        case Ratio():
            return f"{put(what.top)} / {put(what.bottom)}"
        case Growth():
            return f"{put(what.now)} / {put(what.base)} - 1"
        case Across():
            return _across(what, put, say)
        case ByDate():
            return "; ".join(f"{row.start}: {_dated(row)}" for row in what.rows)
        case Lowered():
            return _lowered(what, put, say)
        case Attainment():
            return _attainment(what, put)
        case Mean():
            return _bounded(_mean(what.terms, put), what.floor, what.cap, say)
        case Bands():
            return _bands(what, put)
        case ByLabel():
            return _by_label(what, put)
        case Calibrated():
            return say(N_("{first} or {second}"), first=put(what.given), second=put(what.computed))
        case Appraised():
            return say(N_("{name} is known"), name=put(what.of))
        case TeamSum():
            return _of_team(what.of, say)
        case Conclusion():
            return f" {say('or')} ".join(put(rule) for rule in what.rules)
        case Weight():
            return _if(what.eligible, put(what.of) if what.of else "1", put, say)
        case Share():
            return f"{put(what.fund)} * {put(what.weight)} / {_of_team(what.weight, say)}"
        case Decided():
            return spell(what.when, put, say)


def _looked_up(what: Lookup, put: Put, say: Callable[..., str]) -> str:
    worth = _bounded(tabled(what.table, put, say), what.floor, what.cap, say)
    return _if(what.gate, worth, put, say)


def _if(holds: Expression | None, worth: str, put: Put, say: Callable[..., str]) -> str:
    """Write what something is worth where a condition holds, or always without one."""
    return worth if holds is None else f"{say('if')}({spell(holds, put, say)}, {worth}, 0)"


def _lowered(what: Lowered, put: Put, say: Callable[..., str]) -> str:
    limits = (
        say(N_("at most {label} where {flag}"), label=label, flag=put(flag))
        for flag, label in what.rows
    )
    return "; ".join((_bands(what.of, put), *limits))


def _by_label(what: ByLabel, put: Put) -> str:
    rows = [f"{label}: {plain_number(number)}" for label, number in what.rows]
    return f"{put(what.of)} → [{'; '.join(rows)}]"


def _of_team(name: str | None, say: Callable[..., str]) -> str:
    return say(N_("team sum of {name}"), name=name) if name else say(N_("team members"))


def _bands(what: Bands, put: Put) -> str:
    rows = [f"{label} ≥ {plain_number(edge)}" for label, edge in what.rows[:-1]]
    return f"{put(what.of)} → [{'; '.join([*rows, what.rows[-1][0]])}]"


def _mean(terms: tuple[tuple[str, Decimal | str], ...], put: Put) -> str:
    weights = [put(each) if isinstance(each, str) else plain_number(each) for _, each in terms]
    pairs = zip(terms, weights, strict=True)
    top = " + ".join(f"{put(name)} * {weight}" for (name, _), weight in pairs)
    known = [each for _, each in terms if not isinstance(each, str)]
    whole = len(known) == len(terms)
    bottom = plain_number(sum(known, Decimal(0))) if whole else f"({' + '.join(weights)})"
    return f"({top}) / {bottom}"


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
    figure = "" if peers.of is None else spell(peers.of, put, say)
    text = say(_TAKES[peers.take], figure=figure, peers=group)
    if peers.where is None:
        return text
    return say(N_("{text}, where {condition}"), text=text, condition=spell(peers.where, put, say))


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


def _bounded(text: str, floor: Decimal | None, cap: Decimal | None, say: Callable[..., str]) -> str:
    if cap is not None:
        text = f"{say('min')}({text}, {plain_number(cap)})"
    return text if floor is None else f"{say('max')}({text}, {plain_number(floor)})"
