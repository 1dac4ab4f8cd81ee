"""What HR enters of people: nothing is overwritten, and nothing may contradict itself."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from engine.errors import KaohengError, Kind
from tests.organisation import NOW, actor, add_organisation
from tests.workflows.org.people import ZONE, hr, on, person, where
from workflows.access.decide import people
from workflows.access.policy import Role
from workflows.accounts.tables import Account
from workflows.base.database import Database
from workflows.log.tables import LogEntry
from workflows.notices.tables import Notice
from workflows.org.dated import Place
from workflows.org.leading import manager_of
from workflows.org.staff import (
    Newcomer,
    add_person,
    end_absence,
    join_unit,
    leave_person,
    move_person,
    set_absence,
)
from workflows.org.tables import OrgEntry, Person
from workflows.timers.operations import fire_due

HALF = Decimal("0.5")


@pytest.fixture
def company(database: Database) -> Database:
    with database.write() as session:
        add_organisation(session)
    return database


def move(session: Session, code: str, unit: str, day: str, **more: object) -> None:
    move_person(
        session, hr(session), NOW, person(session, code), unit=unit, day=on(day), reason="调岗",
        **more,  # type: ignore[arg-type]
    )  # fmt: skip


def leave(session: Session, code: str, last_day: str, successor: str | None = None) -> None:
    leave_person(
        session,
        hr(session),
        NOW,
        person(session, code),
        last_day=on(last_day),
        reason="离职",
        timezone=ZONE,
        successor=person(session, successor) if successor else None,
    )


def refused(carry_out: Callable[[], object]) -> set[str]:
    with pytest.raises(KaohengError) as error:
        carry_out()
    return {fault.code for fault in error.value.faults}


def test_a_move_ends_one_membership_and_begins_another(company: Database) -> None:
    with company.write() as session:
        move(session, "S11", "west-1", "2026-02-10")
    with company.read() as session:
        first, second = where(session, "S11").places
        assert (first.unit, first.until) == ("east-1", on("2026-02-10"))
        assert (second.unit, second.since, second.until) == ("west-1", on("2026-02-10"), None)
        assert manager_of(session, person(session, "S11").id, on("2026-02-09")).code == "M1"
        assert manager_of(session, person(session, "S11").id, on("2026-02-10")).code == "M3"
        entry = session.scalars(sa.select(OrgEntry)).one()
        assert (entry.kind, entry.reason) == ("move", "调岗")
        assert [place[0] for place in entry.before["places"]] == ["east-1"]
        logged = session.scalars(sa.select(LogEntry).order_by(LogEntry.seq.desc())).first()
        assert logged is not None
        assert logged.action == "move_person"
        assert b"2026-02-10" not in logged.leaf  # a day of somebody's life is personal


def test_time_is_shared_between_units_and_never_more_than_all_of_it(company: Database) -> None:
    with company.write() as session:
        move(session, "S11", "east-1", "2026-02-01", ratio=Decimal("0.6"))
        s11 = person(session, "S11")
        about = {"unit": "east-2", "day": on("2026-02-01"), "reason": "兼任"}
        join_unit(session, hr(session), NOW, s11, ratio=Decimal("0.4"), **about)  # type: ignore[arg-type]
        shares = [place.ratio for place in where(session, "S11").places_on(on("2026-02-01"))]
        assert sorted(shares) == [Decimal("0.4"), Decimal("0.6")]
        about["unit"] = "west-1"
        assert refused(
            lambda: join_unit(session, hr(session), NOW, s11, ratio=Decimal("0.1"), **about)  # type: ignore[arg-type]
        ) == {"org.too_much"}


@pytest.mark.parametrize(
    ("unit", "day", "ratio", "code"),
    [
        ("east-1", "2026-02-01", HALF, "org.twice"),
        ("nowhere", "2026-02-01", Decimal(0), "org.ratio"),
        ("nowhere", "2026-02-01", HALF, "org.unit"),
    ],
)
def test_contradictions_are_refused(
    company: Database, unit: str, day: str, ratio: Decimal, code: str
) -> None:
    with company.write() as session:
        s11 = person(session, "S11")
        assert code in refused(
            lambda: join_unit(
                session, hr(session), NOW, s11, unit=unit, day=on(day), ratio=ratio, reason="兼任"
            )
        )


def test_somebody_new_joins_with_a_code_of_their_own(company: Database) -> None:
    with company.write() as session:
        new = add_person(session, hr(session), Newcomer("S99", "新人", "销售代表"))
        join_unit(
            session, hr(session), NOW, new, unit="east-1", day=on("2026-03-01"), reason="入职"
        )
        assert where(session, "S99").places == (Place("east-1", "member", on("2026-03-01")),)
        assert refused(lambda: add_person(session, hr(session), Newcomer("S99", "另一人"))) == {
            "org.code_taken"
        }


def test_a_leaver_stays_with_whose_they_were_and_their_account_ends(company: Database) -> None:
    with company.write() as session:
        s11 = person(session, "S11")
        session.add(
            Account(
                public_id="a",
                username="s11",
                password="-",
                active=True,
                fs_uniquifier="a",
                person=s11,
                created_at=NOW,
                roles=[],
            )
        )
        leave(session, "S11", "2026-02-10")
    later = NOW.replace(month=2, day=10, hour=17)  # 11 February, 01:00 in Shanghai
    assert fire_due(company, later) == 1
    with company.read() as session:
        assert not session.scalars(sa.select(Account)).one().active
        manager = actor(session, Role.MANAGER, "M1")
        for day in (None, on("2026-02-11")):
            reached = people(type(manager)(**{**_fields(manager), "on": day}), "list_reviews")
            codes = set(session.scalars(sa.select(Person.code).where(reached)))
            assert codes == {"M1", "S11", "S12"}


def _fields(who: object) -> dict[str, object]:
    return {name: getattr(who, name) for name in type(who).__slots__}  # type: ignore[attr-defined]


def test_a_leaving_taken_back_leaves_the_account_alone(company: Database) -> None:
    with company.write() as session:
        leave(session, "S11", "2026-02-10")
        leave(session, "S11", "2026-03-10")  # put off
        assert where(session, "S11").left_on == on("2026-03-11")
    assert fire_due(company, NOW.replace(month=2, day=12)) == 0


def test_whoever_came_back_and_leaves_again_is_switched_off_again(company: Database) -> None:
    with company.write() as session:
        account = Account(
            public_id="a", username="s11", password="-", active=True, fs_uniquifier="a",
            person=person(session, "S11"), created_at=NOW, roles=[],
        )  # fmt: skip
        session.add(account)
        leave(session, "S11", "2026-02-10")
    fire_due(company, NOW.replace(month=2, day=12))
    with company.write() as session:
        s11 = person(session, "S11")
        back = {"unit": "east-1", "day": on("2026-03-01"), "reason": "再入职"}
        join_unit(session, hr(session), NOW, s11, **back)  # type: ignore[arg-type]
        session.scalars(sa.select(Account)).one().active = True
        leave(session, "S11", "2026-04-10")
    fire_due(company, NOW.replace(month=4, day=12))
    with company.read() as session:
        assert not session.scalars(sa.select(Account)).one().active


def test_nothing_goes_on_after_leaving(company: Database) -> None:
    with company.write() as session:
        move(session, "S11", "west-1", "2026-03-01")
        assert refused(lambda: leave(session, "S11", "2026-02-10")) == {"org.after_leaving"}


def test_what_a_manager_leaves_passes_to_the_successor_or_the_next_above(
    company: Database,
) -> None:
    with pytest.raises(KaohengError, match="nobody would lead"), company.write() as session:
        leave(session, "M1", "2026-02-10")
    with company.write() as session:
        leave(session, "M1", "2026-02-10", successor="M2")
        day = on("2026-02-11")
        assert manager_of(session, person(session, "S11").id, day).code == "M2"
        assert session.scalars(sa.select(Notice)).one().person_id == person(session, "M2").id
    with company.write() as session:
        move(session, "S31", "west", "2026-02-01", role="manager")
        leave(session, "M3", "2026-02-10")
        assert manager_of(session, person(session, "S32").id, on("2026-02-11")).code == "S31"


def test_leave_is_entered_and_ended_by_the_return(company: Database) -> None:
    with company.write() as session:
        about = {"kind": "maternity", "first_day": on("2026-02-01"), "reason": "产假"}
        s11 = person(session, "S11")
        set_absence(session, hr(session), NOW, s11, last_day=None, **about)  # type: ignore[arg-type]
        end_absence(session, hr(session), NOW, s11, day=on("2026-06-01"), reason="返岗")
        (away,) = where(session, "S11").absences
        assert (away.kind, away.since, away.until) == (
            "maternity",
            on("2026-02-01"),
            on("2026-06-01"),
        )
        about["first_day"] = on("2026-05-01")
        assert "org.absence_since" in refused(
            lambda: set_absence(session, hr(session), NOW, s11, last_day=None, **about)  # type: ignore[arg-type]
        )


def test_of_two_who_change_somebody_at_once_one_is_told(company: Database) -> None:
    with company.write() as session:
        seen = person(session, "S11").version
        move(session, "S11", "west-1", "2026-02-10", seen=seen)
        with pytest.raises(KaohengError) as error:
            move(session, "S11", "east-2", "2026-02-10", seen=seen)
        assert error.value.kind is Kind.CONFLICT


def test_only_hr_enters_and_only_with_a_reason(company: Database) -> None:
    with company.write() as session:
        s11 = person(session, "S11")
        about = {"unit": "west-1", "day": on("2026-02-10")}
        with pytest.raises(KaohengError) as error:
            move_person(
                session, actor(session, Role.MANAGER, "M1"), NOW, s11, reason="调岗", **about
            )
        assert error.value.kind is Kind.DENIED
        assert refused(
            lambda: move_person(session, hr(session), NOW, s11, reason="  ", **about)
        ) == {"org.reason_needed"}
        assert session.scalar(sa.select(sa.func.count()).select_from(OrgEntry)) == 0
