"""The whole organisation as a file: out and in again is the same, and each wrong cell is named."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal

import openpyxl
import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from engine.errors import KaohengError
from tests.organisation import NOW, add_organisation
from tests.workflows.org.people import ZONE, hr, on, person, where
from workflows.base.database import Database
from workflows.log.tables import LogEntry
from workflows.org.books.sheets import read_sheets
from workflows.org.books.taking import Report, check_book, take_book
from workflows.org.books.writing import organisation_archive, organisation_workbook
from workflows.org.staff import join_unit, leave_person, move_person, set_absence
from workflows.org.tables import Membership, OrgEntry, Person
from workflows.org.units import move_unit, unit_lives


@pytest.fixture
def company(database: Database) -> Database:
    """People who moved, share their time, are away and left; a unit that moves."""
    with database.write() as session:
        add_organisation(session)
        about = {"reason": "调岗"}
        who = hr(session)
        s11, s12, s21 = (person(session, code) for code in ("S11", "S12", "S21"))
        move_person(
            session, who, NOW, s11, unit="east-1", day=on("2026-02-01"), ratio=Decimal("0.6"),
            **about,
        )  # fmt: skip
        join_unit(
            session, who, NOW, s11, unit="east-2", day=on("2026-02-01"), ratio=Decimal("0.4"),
            **about,
        )  # fmt: skip
        set_absence(
            session, who, NOW, s12, kind="sick", first_day=on("2026-01-05"), last_day=None, **about
        )
        leave_person(session, who, NOW, s21, last_day=on("2026-01-20"), timezone=ZONE, **about)
        move_unit(
            session, who, NOW, code="east-2", parent="west", day=on("2026-03-01"), timezone=ZONE,
            **about,
        )  # fmt: skip
        session.add(Person(code="=X", name="-无", public_id="x"))
    return database


def taken(session: Session, data: bytes) -> Report:
    sheets = read_sheets(data, "organisation")
    return take_book(session, hr(session), NOW, sheets, data=data, reason="核对", timezone=ZONE)


@pytest.mark.parametrize("write", [organisation_workbook, organisation_archive])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_what_goes_out_comes_in_as_nothing_new(
    company: Database, write: Callable[..., bytes], language: str
) -> None:
    with company.write() as session:
        data = write(session, hr(session), language)
        report = check_book(session, hr(session), read_sheets(data, "organisation"))
        assert report.is_nothing
        assert report.unchanged == session.scalar(sa.select(sa.func.count()).select_from(Person))


def changed(data: bytes, sheet: int, cells: dict[str, object]) -> bytes:
    book = openpyxl.load_workbook(io.BytesIO(data))
    for cell, value in cells.items():
        book.worksheets[sheet][cell] = value
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def row_of(data: bytes, code: str) -> int:
    sheet = openpyxl.load_workbook(io.BytesIO(data)).worksheets[0]
    return next(row[0].row for row in sheet.iter_rows() if row[0].value == code)


def test_a_file_moves_people_and_says_so(company: Database) -> None:
    with company.write() as session:
        data = organisation_workbook(session, hr(session), "zh")
        row = row_of(data, "S31")
        data = changed(data, 0, {f"C{row}": "大客户经理", f"I{row}": "2026-04-30"})
        report = taken(session, data)
        (each,) = report.people
        assert (each.code, each.what) == ("S31", ("post", "places"))
        (place,) = where(session, "S31").places
        assert place.until == on("2026-05-01")
        assert person(session, "S31").post == "大客户经理"
        entry = session.scalars(sa.select(OrgEntry).order_by(OrgEntry.id.desc())).first()
        assert entry is not None
        assert (entry.kind, entry.before["post"]) == ("import", None)
        last = session.scalars(sa.select(LogEntry).order_by(LogEntry.seq.desc())).first()
        assert last is not None
        assert last.action == "import_organisation"


def test_every_wrong_cell_is_named_and_nothing_is_taken_in(company: Database) -> None:
    with company.write() as session:
        data = organisation_workbook(session, hr(session), "zh")
    m3, s31, s32 = (row_of(data, code) for code in ("M3", "S31", "S32"))
    wrong = {f"F{m3}": "老板", f"E{s31}": "nowhere", f"H{s32}": "昨天", f"G{s32}": "一半"}
    data = changed(changed(data, 0, wrong), 1, {"D2": "east-1"})
    with pytest.raises(KaohengError) as error, company.write() as session:
        taken(session, data)
    cells = {(fault.place.sheet, fault.place.cell) for fault in error.value.faults}
    assert {("人员", cell) for cell in wrong} <= cells
    assert any(sheet != "人员" for sheet, _ in cells)  # the company would be part of itself
    with company.read() as session:
        assert session.scalar(sa.select(sa.func.count()).where(OrgEntry.kind == "import")) == 0


def test_what_is_no_such_file_is_refused(company: Database) -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("units.csv", "unit\n")
    for data in (b"", b"PK\x03\x04", stream.getvalue()):
        with pytest.raises(KaohengError):
            read_sheets(data, "x")


FIRST = date(2026, 1, 1)
spells = st.lists(
    st.tuples(
        st.sampled_from(["S11", "S12", "S31"]),
        st.sampled_from(["east-1", "east-2", "west-1"]),
        st.integers(0, 20),
        st.integers(1, 20),
        st.sampled_from([Decimal("0.25"), Decimal("0.5"), Decimal("0.3333")]),
    ),
    max_size=8,
)


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(spells)
def test_whatever_stands_goes_out_and_comes_back(
    sqlite_world: Database, held: list[tuple[str, str, int, int, Decimal]]
) -> None:
    with sqlite_world.write() as session:
        session.execute(sa.delete(Membership))
        session.expire_all()
        for code, unit, start, length, ratio in held:
            since = FIRST + timedelta(days=start)
            try:
                with session.begin_nested():
                    join_unit(
                        session, hr(session), NOW, person(session, code), unit=unit, day=since,
                        ratio=ratio, reason="核对",
                    )  # fmt: skip
            except KaohengError:
                continue
            if length > 10:
                about = {"reason": "核对", "ratio": ratio, "leaving": unit}
                later = since + timedelta(days=length)
                try:
                    with session.begin_nested():
                        move_person(
                            session, hr(session), NOW, person(session, code), unit=unit,
                            day=later, **about,  # type: ignore[arg-type]
                        )  # fmt: skip
                except KaohengError:
                    continue
        before = {code: where(session, code) for code in ("S11", "S12", "S31")}
        data = organisation_archive(session, hr(session), "zh")
        session.execute(sa.delete(Membership))
        session.expire_all()
        if any(standing.places for standing in before.values()):
            assert taken(session, data).people
        assert {code: where(session, code) for code in before} == before
        assert set(unit_lives(session)) == {"company", "east", "west", "east-1", "east-2", "west-1"}


@pytest.fixture
def sqlite_world(new_url: Callable[..., object], keyring: object) -> Database:
    found = Database(new_url("sqlite"), keyring)  # type: ignore[arg-type]
    with found.write() as session:
        add_organisation(session)
    return found
