"""A value's whole life: what a field has said since when, who changed it and why."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy.orm import Session

from engine.canonical import from_canonical
from engine.errors import N_, Kind, refuse
from engine.reader import nearest
from engine.telling.places import Shown
from engine.telling.values import Value, values_of
from workflows.access.actors import Actor
from workflows.cycles.tables import Cycle
from workflows.history.changes import values
from workflows.history.publications import Published, Span, published, spans

_LATELY = 10  # versions whose fields are offered


@dataclass(frozen=True, slots=True)
class Lived:
    """What a field said from ``since`` (None: always) until before ``until`` (None: still).

    ``shown`` is None while there was nothing. ``by`` is the publication that made it so,
    ``cycles`` are those that were governed by the versions that said it.
    """

    shown: Shown | None
    since: date | None
    until: date | None
    by: Published
    cycles: tuple[Cycle, ...]


@dataclass(frozen=True, slots=True)
class Life:
    """A field in words, and its values from the first to the last."""

    field: str
    value: Value
    lived: tuple[Lived, ...]


def life_of(session: Session, actor: Actor, code: str, field: str) -> Life:
    """Return the life of a value; refuse with ``MISSING`` a field that the policy never had."""
    told = spans(published(session, actor, code))
    section = field.partition(".")[0]
    found = [(each, values(each.published.version, section).get(field)) for each in told]
    last = next((value for _, value in reversed(found) if value is not None), None)
    if last is None:
        raise _unknown(code, field, told)
    return Life(field, last, tuple(_joined(found)))


def fields_of(told: Sequence[Span]) -> dict[str, Value]:
    """Return the fields to choose among: those that the policy had lately."""
    found: dict[str, Value] = {}
    for each in list(reversed(told))[:_LATELY]:
        policy = from_canonical(each.published.version.canonical)
        for field, value in values_of(policy).items():
            found.setdefault(field, value)
    return found


def _joined(found: list[tuple[Span, Value | None]]) -> Iterator[Lived]:
    """Put spans together that say the same one after the other; begin where there was a value."""
    current: Lived | None = None
    for span, value in found:
        shown = value.shown if value else None
        if current is not None and current.shown == shown:
            cycles = dict.fromkeys((*current.cycles, *span.published.cycles))
            current = replace(current, until=span.until, cycles=tuple(cycles))
            continue
        if current is not None:
            yield current
        elif shown is None:
            continue
        current = Lived(shown, span.since, span.until, span.published, span.published.cycles)
    if current is not None:
        yield current


def _unknown(code: str, field: str, told: Sequence[Span]) -> Exception:
    known = list(fields_of(told))
    inside = [each for each in known if each.startswith(f"{field}.")]
    return refuse(
        "history.unknown_field",
        N_("{policy} has no value {field}."),
        N_("Name one value, such as {example}."),
        kind=Kind.MISSING,
        policy=code,
        field=field,
        example=next(iter(inside), "") or nearest(field, known) or next(iter(known), "–"),
    )
