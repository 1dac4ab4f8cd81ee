"""What cannot be true of where somebody belongs, each with what to do about it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from engine.errors import N_, Fault, KaohengError
from engine.errors import Place as At
from workflows.org.dated import (
    MEMBER,
    ROLES,
    WHOLE,
    Away,
    Place,
    Span,
    Standing,
    overlap,
    ratio_on,
    together,
)
from workflows.org.tables import RATIO_PLACES

KINDS = ("maternity", "paternity", "sick", "injury", "personal", "study", "other")


@dataclass(frozen=True, slots=True)
class Life:
    """From when to when a unit is there."""

    since: date
    until: date | None


@dataclass(frozen=True, slots=True)
class Wrong:
    """A fault, with the ``place`` or the ``absence`` that it is of (by its number) and the field.

    ``field`` is one of ``unit``, ``role``, ``ratio``, ``since``, ``until``, ``kind``, ``left``.
    """

    fault: Fault
    part: str
    number: int
    field: str


def require_sound(code: str, standing: Standing, units: Mapping[str, Life]) -> None:
    """Refuse what contradicts itself, with every reason."""
    if found := list(contradictions(code, standing, units)):
        raise KaohengError(each.fault for each in found)


def contradictions(code: str, standing: Standing, units: Mapping[str, Life]) -> Iterator[Wrong]:
    """Give everything about a person's standing that cannot be true."""
    for number, place in enumerate(standing.places):
        yield from _of_place(code, number, place, units)
    yield from _of_places(code, standing.places)
    for number, leave in enumerate(standing.absences):
        yield from _of_absence(code, number, leave, standing)
    yield from _after_leaving(code, standing)


def _of_place(code: str, number: int, place: Place, units: Mapping[str, Life]) -> Iterator[Wrong]:
    def wrong(field: str, message: str, remedy: str, **params: object) -> Wrong:
        about = {"person": code, "unit": place.unit, **params}
        return Wrong(
            Fault(f"org.{field}", message, remedy, about, At(path=field)), "place", number, field
        )

    if place.role not in ROLES:
        yield wrong(
            "role",
            N_("{role!r} is no role in a unit."),
            N_("Say member or manager."),
            role=place.role,
        )
    if not 0 < place.ratio <= WHOLE or place.ratio != round(place.ratio, RATIO_PLACES):
        yield wrong(
            "ratio",
            N_("A share of {ratio} of {person}'s time cannot be."),
            N_("Give a share above 0 and at most 1, as 0.6, with at most four decimals."),
            ratio=str(place.ratio),
        )
    if place.until is not None and place.until <= place.since:
        yield wrong(
            "until",
            N_("{person} would have left {unit} before coming to it ({since})."),
            N_("Correct one of the two days."),
            since=place.since.isoformat(),
        )
    life = units.get(place.unit)
    if life is None:
        yield wrong(
            "unit", N_("There is no unit {unit!r}."), N_("Add the unit first, or check its code.")
        )
    elif place.since < life.since or _goes_beyond(place, life.until):
        yield wrong(
            "since" if place.since < life.since else "until",
            N_("{person} would be in {unit} on days on which it is not there ({since} – {until})."),
            N_("Correct the days, or those of the unit."),
            since=life.since.isoformat(),
            until=_last(life.until),
        )


def _of_places(code: str, places: tuple[Place, ...]) -> Iterator[Wrong]:
    for _, number in together(dict(enumerate(places))):
        yield Wrong(
            Fault(
                "org.twice",
                N_("{person} would be in {unit} twice at the same time (from {since})."),
                N_("Let the one end before the other begins, or leave one of them out."),
                {
                    "person": code,
                    "unit": places[number].unit,
                    "since": places[number].since.isoformat(),
                },
                At(path="unit"),
            ),
            "place",
            number,
            "since",
        )
    for number, place in enumerate(places):
        share = ratio_on(places, place.since)
        if place.role == MEMBER and share > WHOLE and _is_last(places, number):
            yield Wrong(
                Fault(
                    "org.too_much",
                    N_("From {since} on, {person} would give units {share} of their time."),
                    N_(
                        "Let another membership end the day before, or lower the shares: at most 1."
                    ),
                    {"person": code, "share": str(share), "since": place.since.isoformat()},
                    At(path="ratio"),
                ),
                "place",
                number,
                "ratio",
            )


def _is_last(places: tuple[Place, ...], number: int) -> bool:
    """Say whether no later place of a member begins on the same day."""
    day = places[number].since
    return not any(each.role == MEMBER and each.since == day for each in places[number + 1 :])


def _of_absence(code: str, number: int, leave: Away, standing: Standing) -> Iterator[Wrong]:
    def wrong(field: str, message: str, remedy: str) -> Wrong:
        about = {"person": code, "since": leave.since.isoformat(), "kind": leave.kind}
        fault = Fault(f"org.absence_{field}", message, remedy, about, At(path=field))
        return Wrong(fault, "absence", number, field)

    if leave.kind not in KINDS:
        yield wrong(
            "kind", N_("{kind!r} is no kind of long leave."), N_("Choose one that is listed.")
        )
    if leave.until is not None and leave.until <= leave.since:
        yield wrong(
            "until",
            N_("The leave of {person} would end before it begins ({since})."),
            N_("Correct one of the two days; leave the end open while it is not known."),
        )
    if any(overlap(leave, other) for other in standing.absences[:number]):
        yield wrong(
            "since",
            N_("{person} would be on two leaves at the same time (from {since})."),
            N_("Let the one end before the other begins."),
        )
    if not any(overlap(leave, place) for place in standing.places):
        yield wrong(
            "since",
            N_("{person} belongs nowhere while on leave from {since}."),
            N_("Correct the day, or say first where they belong."),
        )


def _after_leaving(code: str, standing: Standing) -> Iterator[Wrong]:
    if standing.left_on is None:
        return
    parts: tuple[tuple[str, tuple[Span, ...]], ...] = (
        ("place", standing.places),
        ("absence", standing.absences),
    )
    for part, spans in parts:
        for number, span in enumerate(spans):
            if _goes_beyond(span, standing.left_on):
                what = span.unit if isinstance(span, Place) else span.kind
                yield Wrong(
                    Fault(
                        "org.after_leaving",
                        N_("{person} leaves; {last} is the last day, but {what} goes on after it."),
                        N_("Let it end on the last day, or correct the day of leaving."),
                        {"person": code, "what": what, "last": _last(standing.left_on)},
                        At(path="left"),
                    ),
                    part,
                    number,
                    "until",
                )


def _goes_beyond(span: Span, until: date | None) -> bool:
    return until is not None and (span.until is None or span.until > until)


def _last(until: date | None) -> str:
    return (until - timedelta(days=1)).isoformat() if until else "…"
