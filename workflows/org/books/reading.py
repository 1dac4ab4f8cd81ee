"""What a file says of the organisation, with a fault for each cell that cannot be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation

from engine.errors import N_, Fault
from workflows.org.books.layout import code_of
from workflows.org.books.sheets import Row
from workflows.org.contradictions import Life, contradictions
from workflows.org.dated import Away, Place, Standing
from workflows.org.lives import Part, UnitLife, tidied, unit_contradictions
from workflows.org.standing import Named
from workflows.org.tables import ALWAYS


@dataclass(frozen=True, slots=True)
class Book:
    """What was sent: people with where they belong, and the units that are told; by code.

    ``has_absences`` says whether leaves are told at all. ``faults`` are of cells.
    """

    named: dict[str, Named] = field(default_factory=dict)
    standings: dict[str, Standing] = field(default_factory=dict)
    units: dict[str, UnitLife] = field(default_factory=dict)
    has_absences: bool = False
    faults: list[Fault] = field(default_factory=list)


def read_book(
    sheets: Mapping[str, list[Row]],
    lives: Mapping[str, UnitLife],
    before: Mapping[str, Standing],
) -> Book:
    """Return what the sheets say, over the units ``lives`` and people ``before`` that there are."""
    book = Book(has_absences="absences" in sheets)
    _units(book, sheets.get("units", []), lives)
    places = _people(book, sheets["people"])
    absences = _absences(book, sheets.get("absences", []))
    after = {**lives, **book.units}
    alive = {code: Life(life.since, life.until) for code, life in after.items()}
    for code, each in places.items():
        own: list[tuple[Away, Row | None]] = absences.get(code, [])
        if not book.has_absences:
            own = [(leave, None) for leave in before.get(code, Standing()).absences]
        left_on = book.standings[code].left_on
        standing = Standing(
            tuple(place for place, _ in each), tuple(leave for leave, _ in own), left_on
        )
        book.standings[code] = standing
        rows: dict[str, list[Row | None]] = {
            "place": [row for _, row in each],
            "absence": [row for _, row in own],
        }
        for wrong in contradictions(code, standing, alive):
            row = rows[wrong.part][wrong.number]
            book.faults.append(_at(wrong.fault, row, wrong.field) if row else wrong.fault)
    return book


def _people(book: Book, rows: list[Row]) -> dict[str, list[tuple[Place, Row]]]:
    """Note who there is; return where each belongs, in the order that a standing has."""
    found: dict[str, list[tuple[Place, Row]]] = {}
    for row in rows:
        code = row["person"]
        if not code or not row["name"]:
            column = "name" if code else "person"
            book.faults.append(_fault(row, column, N_("This cell is empty."), _FILL))
            continue
        called = Named(row["name"], row["post"] or None, row["rank"] or None)
        left_on = _until(book, row, "left")
        if code in book.named:
            _require_same(book, row, called, left_on)
        book.named.setdefault(code, called)
        book.standings.setdefault(code, Standing(left_on=left_on))
        places = found.setdefault(code, [])
        if (place := _place(book, row)) is not None:
            places.append((place, row))
    for each in found.values():
        each.sort(key=lambda pair: (pair[0].since, pair[0].unit, pair[0].role))
    return found


def _require_same(book: Book, row: Row, called: Named, left_on: date | None) -> None:
    """Fault what one row of somebody's says otherwise than their first."""
    code = row["person"]
    first, first_left = book.named[code], book.standings[code].left_on
    pairs = (
        ("name", called.name, first.name),
        ("post", called.post, first.post),
        ("rank", called.rank, first.rank),
        ("left", left_on, first_left),
    )
    for column, here, there in pairs:
        if here != there:
            message = N_("It is said otherwise in another row of {person}.")
            remedy = N_("Let every row of one person say the same.")
            book.faults.append(_fault(row, column, message, remedy, person=code))


def _place(book: Book, row: Row) -> Place | None:
    if not row["unit"]:
        if any(row[column] for column in ("role", "ratio", "since", "until")):
            message = N_("It is not said to which unit this belongs.")
            book.faults.append(_fault(row, "unit", message, _FILL))
        return None
    role = code_of(row["role"], "role")
    if role is None:
        message = N_("{text!r} is no role in a unit.")
        remedy = N_("Say member or manager.")
        book.faults.append(_fault(row, "role", message, remedy, text=row["role"]))
    since, until = _since(book, row), _until(book, row, "until")
    ratio = _ratio(book, row)
    if role is None or since is None or ratio is None:
        return None
    return Place(row["unit"], role, since, until, ratio)


def _units(book: Book, rows: list[Row], lives: Mapping[str, UnitLife]) -> None:
    of_unit: dict[str, list[tuple[Part, Row]]] = {}
    for row in rows:
        code, kind = row["unit"], code_of(row["kind"], "units.kind")
        if not code or not row["name"]:
            column = "name" if code else "unit"
            book.faults.append(_fault(row, column, N_("This cell is empty."), _FILL))
            continue
        if kind is None:
            message = N_("{text!r} is no kind of unit.")
            remedy = N_("Say company, region or team.")
            book.faults.append(_fault(row, "kind", message, remedy, text=row["kind"]))
            continue
        since, until = _since(book, row), _until(book, row, "until")
        if since is None:
            continue
        of_unit.setdefault(code, []).append((Part(row["parent"] or None, since, until), row))
        book.units.setdefault(code, UnitLife(code, row["name"], kind, ()))
    rows_of = {}
    for code, each in of_unit.items():
        each.sort(key=lambda pair: pair[0].since)
        book.units[code] = replace(book.units[code], parts=tuple(part for part, _ in each))
        rows_of[code] = [row for _, row in each]
    for wrong in unit_contradictions({**lives, **book.units}):
        own = rows_of.get(wrong.code)
        at_cell = _at(wrong.fault, own[wrong.number], wrong.field) if own else wrong.fault
        book.faults.append(at_cell)
    for code, life in book.units.items():
        book.units[code] = replace(life, parts=tidied(life.parts))


def _absences(book: Book, rows: list[Row]) -> dict[str, list[tuple[Away, Row | None]]]:
    found: dict[str, list[tuple[Away, Row | None]]] = {}
    for row in rows:
        kind = code_of(row["kind"], "absences.kind")
        if row["person"] not in book.named:
            message = N_("{text!r} is nobody on the sheet of people.")
            remedy = N_("Add a row for them there, or correct the code.")
            book.faults.append(_fault(row, "person", message, remedy, text=row["person"]))
        if kind is None:
            message = N_("{text!r} is no kind of long leave.")
            remedy = N_("Write it as another row has it, or: maternity, sick, other.")
            book.faults.append(_fault(row, "kind", message, remedy, text=row["kind"]))
        since, until = _day(book, row, "since"), _until(book, row, "until")
        if since is None:
            if not row["since"]:
                book.faults.append(_fault(row, "since", N_("This cell is empty."), _FILL))
        elif kind is not None:
            found.setdefault(row["person"], []).append((Away(kind, since, until), row))
    for each in found.values():
        each.sort(key=lambda pair: pair[0].since)
    return found


def _since(book: Book, row: Row) -> date | None:
    """Return a first day; an empty one has always been, a wrong one is None and a fault."""
    return _day(book, row, "since") if row["since"] else ALWAYS


def _until(book: Book, row: Row, column: str) -> date | None:
    last = _day(book, row, column)
    return last + timedelta(days=1) if last is not None and last < date.max else None


def _day(book: Book, row: Row, column: str) -> date | None:
    if not row[column]:
        return None
    try:
        return date.fromisoformat(row[column].replace("/", "-").replace(".", "-"))
    except ValueError:
        message = N_("{text!r} is no day.")
        remedy = N_("Write it as 2026-01-31.")
        book.faults.append(_fault(row, column, message, remedy, text=row[column]))
        return None


def _ratio(book: Book, row: Row) -> Decimal | None:
    text = row["ratio"] or "1"
    try:
        share = Decimal(text.removesuffix("%"))
        share = share / 100 if text.endswith("%") else share
        if share.is_finite():
            return share
    except InvalidOperation:
        pass
    message = N_("{text!r} is no share of somebody's time.")
    remedy = N_("Give a share above 0 and at most 1, as 0.6, with at most four decimals.")
    book.faults.append(_fault(row, "ratio", message, remedy, text=text))
    return None


_FILL = N_("Fill it in, or delete the row.")


def _fault(row: Row, column: str, message: str, remedy: str, **params: str) -> Fault:
    return Fault(f"org.cell_{column}", message, remedy, params, row.place(column))


def _at(fault: Fault, row: Row, column: str) -> Fault:
    return replace(fault, place=row.place(column))
