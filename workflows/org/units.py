"""What HR enters of units: founding one, moving it under another, closing it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from engine.errors import N_, KaohengError, Kind, refuse
from workflows.access.actors import Actor
from workflows.access.decide import allow_everywhere
from workflows.base.clock import today as day_of
from workflows.log.append import append
from workflows.log.leaf import Subject
from workflows.org.lives import Part, UnitLife, closed, moved_under, unit_contradictions
from workflows.org.standing import Change, require_reason
from workflows.org.tables import Membership, OrgEntry, Person, Unit, UnitMove
from workflows.org.tree import parents_on
from workflows.timers.operations import set_timer
from workflows.timers.registry import timer

_TIMER = "move_unit"


def add_unit(
    session: Session, actor: Actor, now: datetime, life: UnitLife, reason: str, timezone: ZoneInfo
) -> None:
    """Found a unit. CONFLICT for a code that is taken."""
    allow_everywhere(actor, "change_organisation")
    lives = unit_lives(session)
    if not life.code.strip() or not life.name.strip() or len(life.code) > 64:
        raise refuse(
            "org.unnamed_unit",
            N_("A unit needs a code and a name."),
            N_("Fill in both; a code has at most 64 characters."),
        )
    if life.code in lives:
        raise refuse(
            "org.unit_taken",
            N_("There is already a unit with the code {unit}."),
            N_("Choose another code."),
            kind=Kind.CONFLICT,
            unit=life.code,
        )
    change = Change("found", life.since, reason)
    rewrite_units(session, actor, now, {life.code: life}, change, timezone)


def move_unit(
    session: Session,
    actor: Actor,
    now: datetime,
    *,
    code: str,
    parent: str | None,
    day: date,
    reason: str,
    timezone: ZoneInfo,
) -> None:
    """Have a unit, with all below it, be part of another from ``day`` on; None is the top."""
    allow_everywhere(actor, "change_organisation")
    before = find_life(session, code)
    life = moved_under(before, parent, day)
    if life == before:
        raise refuse(
            "org.unit_there_already",
            N_("{unit} is part of {parent} on {day} already, and stays so."),
            N_("Look at the tree of that day."),
            kind=Kind.CONFLICT,
            unit=code,
            parent=parent or "–",
            day=day.isoformat(),
        )
    rewrite_units(session, actor, now, {code: life}, Change("move", day, reason), timezone)


def close_unit(
    session: Session,
    actor: Actor,
    now: datetime,
    *,
    code: str,
    last_day: date,
    reason: str,
    timezone: ZoneInfo,
) -> None:
    """Have a unit end with ``last_day``; nobody may be in it afterwards, and no unit part of it."""
    allow_everywhere(actor, "change_organisation")
    day = last_day + timedelta(days=1)
    life = closed(find_life(session, code), day)
    rewrite_units(session, actor, now, {code: life}, Change("close", day, reason), timezone)


def unit_lives(session: Session, *, to_change: bool = False) -> dict[str, UnitLife]:
    """Return every unit over time, by code; those who change units wait for one another."""
    rows = select(Unit).order_by(Unit.code)
    units = session.scalars(rows.with_for_update() if to_change else rows).all()
    codes = {unit.id: unit.code for unit in units}
    moves: dict[int, list[UnitMove]] = defaultdict(list)
    for move in session.scalars(select(UnitMove).order_by(UnitMove.day)):
        moves[move.unit_id].append(move)
    return {unit.code: _life(unit, moves[unit.id], codes) for unit in units}


def find_life(session: Session, code: str) -> UnitLife:
    """Return a unit over time; refuse with ``MISSING``."""
    if (life := unit_lives(session).get(code)) is None:
        raise unknown_unit(code)
    return life


def unknown_unit(code: str) -> KaohengError:
    return refuse(
        "org.unknown_unit",
        N_("There is no unit {code!r} in the organisation."),
        N_("Check the code under Organisation, or with `kaoheng org list`."),
        kind=Kind.MISSING,
        code=code,
    )


def rewrite_units(
    session: Session,
    actor: Actor,
    now: datetime,
    changed: Mapping[str, UnitLife],
    change: Change,
    timezone: ZoneInfo,
) -> None:
    """Bring units to what ``changed`` says of them; what was before stays in the history.

    Raises ``KaohengError`` for every contradiction, also with who is in the units.
    """
    reason = enter_units(session, actor, now, changed, change, timezone)
    require_nobody_outside(session, list(changed))
    for code in changed:
        append(
            session,
            action=f"{change.kind}_unit",
            actor=actor,
            subject=Subject("unit", code),
            at=now,
            details={"day": change.day.isoformat(), "reason": reason},
        )


def enter_units(
    session: Session,
    actor: Actor,
    now: datetime,
    changed: Mapping[str, UnitLife],
    change: Change,
    timezone: ZoneInfo,
) -> str:
    """Do what ``rewrite_units`` does, but for the log and who is in them; return the reason."""
    reason = require_reason(change.reason)
    before = unit_lives(session, to_change=True)
    after = {**before, **changed}
    if found := list(unit_contradictions(after)):
        raise KaohengError(each.fault for each in found)
    rows = {unit.code: unit for unit in session.scalars(select(Unit))}
    for code, life in changed.items():
        rows[code] = _write(session, rows.get(code), life)
    session.flush()
    for code, life in changed.items():
        _write_moves(session, rows, life)
        session.add(
            OrgEntry(
                kind=change.kind,
                unit_id=rows[code].id,
                day=change.day,
                reason=reason,
                before=before[code].as_json() if code in before else {},
                after=life.as_json(),
                account_id=actor.account_id,
                entered_at=now,
            )
        )
    session.flush()
    _keep_parents(session, day_of(now, timezone))
    _wait_for_moves(session, now, changed.values(), timezone)
    return reason


def _life(unit: Unit, moves: list[UnitMove], codes: Mapping[int, str]) -> UnitLife:
    def code(unit_id: int | None) -> str | None:
        return codes[unit_id] if unit_id is not None else None

    first = code(moves[0].from_id if moves else unit.parent_id)
    begins = [(first, unit.valid_from), *((code(move.to_id), move.day) for move in moves)]
    ends = [*(move.day for move in moves), unit.valid_to]
    parts = tuple(
        Part(parent, since, until) for (parent, since), until in zip(begins, ends, strict=True)
    )
    return UnitLife(unit.code, unit.name, unit.kind, parts)


def _write(session: Session, unit: Unit | None, life: UnitLife) -> Unit:
    if unit is None:
        unit = Unit(code=life.code)
        session.add(unit)
    unit.name, unit.kind = life.name, life.kind
    unit.valid_from, unit.valid_to = life.since, life.until
    return unit


def _write_moves(session: Session, rows: Mapping[str, Unit], life: UnitLife) -> None:
    def key(code: str | None) -> int | None:
        return rows[code].id if code is not None else None

    unit = rows[life.code]
    session.execute(delete(UnitMove).where(UnitMove.unit_id == unit.id))
    unit.parent_id = key(life.parts[0].parent)
    for last, part in zip(life.parts, life.parts[1:], strict=False):
        session.add(
            UnitMove(
                unit_id=unit.id, day=part.since, from_id=key(last.parent), to_id=key(part.parent)
            )
        )


def require_nobody_outside(session: Session, codes: list[str]) -> None:
    """Refuse units that are not there on days on which somebody is in them."""
    rows = session.execute(
        select(Person.code, Unit.code, Membership.valid_from)
        .join(Membership, Membership.person_id == Person.id)
        .join(Unit, Unit.id == Membership.unit_id)
        .where(
            Unit.code.in_(codes),
            (Membership.valid_from < Unit.valid_from)
            | (
                Unit.valid_to.is_not(None)
                & (Membership.valid_to.is_(None) | (Membership.valid_to > Unit.valid_to))
            ),
        )
        .order_by(Unit.code, Person.code)
    ).all()
    if rows:
        raise KaohengError(
            fault
            for person, unit, since in rows
            for fault in refuse(
                "org.somebody_there",
                N_("{person} belongs to {unit} (since {since}) on days on which it is not there."),
                N_("Move them elsewhere first, or correct the days of the unit."),
                person=person,
                unit=unit,
                since=since.isoformat(),
            ).faults
        )


def _keep_parents(session: Session, today: date) -> None:
    """Have every unit's parent be the one of today, for whatever looks at no other day."""
    parents = parents_on(session, today)
    for unit in session.scalars(select(Unit)):
        if unit.parent_id != parents[unit.id]:
            unit.parent_id = parents[unit.id]
    session.flush()
    for unit in session.scalars(select(Unit)):
        session.expire(unit, ["parent"])


def _wait_for_moves(session: Session, now: datetime, lives: Any, timezone: ZoneInfo) -> None:
    for life in lives:
        for part in life.parts[1:]:
            due_at = datetime.combine(part.since, time(), timezone)
            if due_at > now:
                key = f"{life.code}/{part.since.isoformat()}"
                set_timer(session, _TIMER, key, due_at, {"day": part.since.isoformat()})


@timer(_TIMER)
def _come_to_pass(session: Session, _due_at: datetime, about: Mapping[str, Any]) -> None:
    _keep_parents(session, date.fromisoformat(about["day"]))
