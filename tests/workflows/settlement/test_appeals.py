"""Appeals: who may, when, who answers, what a correction moves, and what it leaves alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from engine.canonical import canonical_text, digest, from_canonical
from engine.errors import KaohengError, Kind
from engine.model import Appeals
from tests.organisation import NOW
from tests.played import correct_deal
from tests.statements import counted
from tests.workflows.notices.telling import told
from tests.workflows.settlement.settling import CODE, PEOPLE, Settling, account
from workflows.access.actors import Actor
from workflows.access.policy import Role
from workflows.appeals.corrections import Correction
from workflows.appeals.effect import read_effect
from workflows.appeals.handling import handlers_for
from workflows.appeals.operations import (
    accept_appeal,
    assign_appeal,
    propose_correction,
    reject_appeal,
    submit_appeal,
    withdraw_appeal,
)
from workflows.appeals.posting import approve_correction, effect_of_proposal
from workflows.appeals.reading import effect_shown, may_do_with
from workflows.appeals.tables import Appeal, AppealItem
from workflows.appeals.waiting import appeals_waiting
from workflows.cycles.operations import find_cycle
from workflows.cycles.rerunning import rerun_cycle
from workflows.incentives.tables import LedgerEntry
from workflows.meetings.tables import Meeting, PanelScore
from workflows.notices.reading import own_notices
from workflows.org.tables import Membership, Person, Unit
from workflows.ratings.tables import RatingRequest
from workflows.reviews.tables import GradeChange, ReviewMove
from workflows.rulebook.tables import PolicyRow, PolicyVersion
from workflows.sources.tables import Record, RecordVersion
from workflows.timers.operations import fire_due

SHANGHAI = ZoneInfo("Asia/Shanghai")
RECORD = Correction("record", "deal/deal-S12/amount", "60000")


def refused(kind: Kind, code: str):  # type: ignore[no-untyped-def]
    return pytest.raises(
        KaohengError, check=lambda error: (error.kind, error.faults[0].code) == (kind, code)
    )


def state(world: Settling, number: int) -> str:
    with world.game.database.read() as session:
        return session.get_one(Appeal, number).state


def test_what_is_disputed_is_frozen_with_its_value_and_how_it_came_about(world: Settling) -> None:
    world.up_to_feedback()
    world.appeal("S12", "total", "sales.points", "grant.pool")
    with world.game.database.read() as session:
        items = {item.name: item for item in session.scalars(sa.select(AppealItem))}
        assert items["total"].value == "42"
        assert items["sales.points"].value == "30"
        assert items["total"].explanation["formula"]
        assert items["grant.pool"].value == "333.33"
        assert items["grant.pool"].title == {"zh": "团队奖金池", "en": "team pool"}


def test_a_correction_shows_whom_it_moves_to_the_cent_and_posts_the_difference(
    world: Settling,
) -> None:
    world.up_to_feedback()
    before = world.net()
    assert (before["S11"], before["S12"]) == (Decimal("2466.67"), Decimal("1233.33"))
    number = world.handled("S12", RECORD)
    with world.game.database.read() as session:
        moves = read_effect(session.get_one(Appeal, number).effect or "")
        assert [each.person for each in moves.moved] == ["S12", "S11", "S21"]
        own, colleague, other = moves.moved
        assert own.is_own
        assert (own.before["pay"], own.after["pay"]) == ("1233.33", "2300")
        assert (own.before["total"], own.after["total"]) == ("42", "63")
        # The team's pool of 1,000 was shared 2 : 1 and is shared equally now.
        assert colleague.changes == ("pay", "grant.pool")
        assert (colleague.before["grant.pool"], colleague.after["grant.pool"]) == ("666.67", "500")
        assert colleague.pay == Decimal("-166.67")
        assert other.changes == ("rank", "step.place")
        assert world.net() == before  # nothing is granted yet
    entries = world.grant(number)
    assert entries == 3  # S12: commission and share; S11: share
    assert world.net() == before | {"S11": Decimal("2300.00"), "S12": Decimal("2300.00")}
    assert world.net() == world.granted()
    assert state(world, number) == "posted"
    with world.game.database.read() as session:
        assert world.review(session, "S12").total == Decimal(63)
        posted = told(session, "posted")
        assert {"S11", "S12"} <= set(posted)
        assert "S21" not in posted  # a place lower, and nothing of theirs
    world.move("confirm")
    assert world.state() == "sealed"
    assert world.replay() == []


def test_a_corrected_record_is_its_next_version_and_a_rerun_posts_nothing_more(
    world: Settling,
) -> None:
    world.up_to_feedback()
    world.grant(world.handled("S12", RECORD))
    with world.game.database.read() as session:
        record = session.scalars(sa.select(Record).where(Record.code == "deal-S12")).one()
        version = session.get_one(RecordVersion, record.current_version_id)
        assert (version.seq, version.fields["amount"]) == (2, "60000")
    again = world.do(lambda s, c: rerun_cycle(s, world.finance, NOW, c, "对账"))
    assert again.entries == 0


def test_what_was_corrected_by_an_appeal_stays_so_when_records_change_later(
    world: Settling,
) -> None:
    world.up_to_feedback()
    world.grant(world.handled("S12", Correction("grade", "calibrated_grade", "A")))
    with world.game.database.write() as session:
        correct_deal(session, "deal-S12", "40000")
    world.do(lambda s, c: rerun_cycle(s, world.finance, NOW, c, "补单"))
    assert world.net() == world.granted()
    # 40,000 at 3 % and the coefficient of an A, the bonus of an A, and 40 % of the team's pool.
    assert world.net()["S12"] == Decimal("1440.00") + Decimal(1000) + Decimal("400.00")


@pytest.mark.parametrize(
    ("correction", "changes"),
    [
        (Correction("fact", "sharing.manager", "100"), ("total",)),
        (Correction("grade", "calibrated_grade", "A"), ("grade", "pay")),
        (Correction("record", "deal/deal-S11/@S12", "50%"), None),
        (Correction("fact", "sharing.manager", "101"), "facts.range"),
        (Correction("fact", "revenue", "1"), "appeals.not_correctable"),
        (Correction("grade", "calibrated_grade", "Z"), "appeals.unknown_grade"),
        (Correction("record", "deal/none/amount", "1"), "appeals.no_record"),
        (Correction("record", "deal/deal-S11/colour", "1"), "appeals.no_field"),
        (Correction("record", "deal/deal-S11/amount", "many"), "appeals.record_value"),
        (Correction("record", "amount", "1"), "appeals.record_name"),
    ],
)
def test_what_may_be_corrected(
    world: Settling, correction: Correction, changes: tuple[str, ...] | str | None
) -> None:
    world.up_to_feedback()
    if isinstance(changes, str) or changes is None:
        with pytest.raises(KaohengError) as found:
            world.handled("S12", correction)
        assert found.value.faults[0].code == (changes or "appeals.shares")
        return
    number = world.handled("S12", correction)
    with world.game.database.read() as session:
        own = effect_of_proposal(session, session.get_one(Appeal, number)).moved[0]
        assert own.changes[: len(changes)] == changes


def test_shares_of_a_record_are_corrected_together(world: Settling) -> None:
    world.up_to_feedback()
    shares = [
        Correction("record", "deal/deal-S11/@S12", "50%"),
        Correction("record", "deal/deal-S11/@S11", "0.5"),
    ]
    world.grant(world.handled("S12", *shares))
    assert world.net() == world.granted()
    with world.game.database.read() as session:
        assert world.review(session, "S11").total == Decimal(42)


def test_an_appeal_is_rejected_with_an_explanation_or_taken_back(world: Settling) -> None:
    world.up_to_feedback()
    number = world.appeal("S12")
    with refused(Kind.CONFLICT, "appeals.waits"):
        world.appeal("S12")
    with world.game.database.write() as session:
        appeal = session.get_one(Appeal, number)
        assign_appeal(session, world.hr, NOW, appeal, handler="handler", seen=0)
        accept_appeal(session, world.handler, NOW, appeal, seen=1)
        with refused(Kind.INVALID, "appeals.words_needed"):
            reject_appeal(session, world.handler, NOW, appeal, answer=" ", seen=2)
        with refused(Kind.CONFLICT, "appeals.changed"):
            reject_appeal(session, world.handler, NOW, appeal, answer="无误", seen=1)
        reject_appeal(session, world.handler, NOW, appeal, answer="无误", seen=2)
    assert state(world, number) == "rejected"
    second = world.appeal("S12")
    with world.game.database.write() as session:
        appeal = session.get_one(Appeal, second)
        with refused(Kind.DENIED, "access.denied"):
            withdraw_appeal(session, world.people["S11"], NOW, appeal, seen=0)
        withdraw_appeal(session, world.people["S12"], NOW, appeal, seen=0)
    assert state(world, second) == "withdrawn"


def test_whoever_has_closed_otherwise_is_sealed_when_their_appeal_ends(world: Settling) -> None:
    world.up_to_feedback()
    number = world.appeal("S12")
    world.move("confirm")
    assert world.state() == "approved"
    with world.game.database.write() as session:
        appeal = session.get_one(Appeal, number)
        withdraw_appeal(session, world.people["S12"], NOW, appeal, seen=0)
    assert world.state() == "sealed"


def test_nobody_handles_who_scored_approved_leads_or_is_the_person(world: Settling) -> None:
    world.up_to_feedback()
    number = world.appeal("S12")
    with world.game.database.write() as session:
        account(session, Role.MANAGER, "lead", "M1")
        account(session, Role.MANAGER, "elsewhere", "M3")
        account(session, Role.HR, "hers", "S12")
    with world.game.database.write() as session:
        appeal = session.get_one(Appeal, number)
        able = {each.username for each in handlers_for(session, appeal)}
        assert {"handler", "director", "elsewhere"} <= able
        assert not {"lead", "hers", world.hr.public_id, world.finance.public_id} & able
        session.add(
            GradeChange(
                review_id=appeal.review_id,
                grade_after="B",
                actor_id=world.second.account_id,
                reason="-",
                changed_at=NOW,
            )
        )
        session.flush()
        for name in ("lead", "hers", "director", world.hr.public_id, world.finance.public_id):
            with refused(Kind.INVALID, "appeals.not_independent"):
                assign_appeal(session, world.hr, NOW, appeal, handler=name, seen=0)
        assign_appeal(session, world.hr, NOW, appeal, handler="elsewhere", seen=0)


def test_whoever_was_asked_to_score_or_is_led_by_them_does_not_handle(world: Settling) -> None:
    """A peer, a member of the panel, somebody judged through a stand-in, and a subordinate."""
    world.up_to_feedback()
    number = world.appeal("S12")
    with world.game.database.write() as session:
        review = world.review(session, "S12")
        for name, role, code in (
            ("peer", Role.MANAGER, "M2"),
            ("panel", Role.HR, "S11"),
            ("led", Role.HR, "S33"),
            ("behind", Role.HR, None),
        ):
            account(session, role, name, code)
        team = session.scalars(sa.select(Unit).where(Unit.code == "west-1")).one()
        add = session.add
        member = {"unit_id": team.id, "valid_from": date(2026, 5, 1), "valid_to": date(2026, 5, 9)}
        add(Membership(person_id=review.person_id, role="manager", **member))
        m2, s11 = (
            session.scalars(sa.select(Person.id).where(Person.code == code)).one()
            for code in ("M2", "S11")
        )
        asked = {"rating": "peers", "rater_key": "m2", "state": "asked", "answers": {}}
        more = {"public_id": "r", "version": 0, "asked_at": NOW}
        add(RatingRequest(review_id=review.id, rater_id=m2, **asked, **more))
        meeting = Meeting(
            public_id="m", cycle_id=review.cycle_id, called_by=world.hr.account_id, state="held",
            place="", starts_at=NOW, version=0, called_at=NOW,
        )  # fmt: skip
        add(meeting)
        session.flush()
        score = {"points": {}, "total": Decimal(1), "remark": "", "scored_at": NOW}
        add(PanelScore(meeting_id=meeting.id, review_id=review.id, person_id=s11, **score))
        moved = {"transition": "back", "from_stage": "result_approval", "to_stage": "calibration"}
        by = {"actor_id": world.handler.account_id, "on_behalf_of": "behind", "moved_at": NOW}
        add(ReviewMove(review_id=review.id, **moved, **by))
    with world.game.database.write() as session:
        appeal = session.get_one(Appeal, number)
        able = {each.username for each in handlers_for(session, appeal)}
        assert not {"peer", "panel", "led", "behind", "handler"} & able
        for name in ("peer", "panel", "led", "behind", "handler"):
            with refused(Kind.INVALID, "appeals.not_independent"):
                assign_appeal(session, world.hr, NOW, appeal, handler=name, seen=0)


def test_handlers_are_found_in_as_many_statements_however_many_there_are(world: Settling) -> None:
    world.up_to_feedback()
    number = world.appeal("S12")
    found = []
    for more in range(2):
        with world.game.database.write() as session:
            for each in range(more * 8):
                account(session, Role.HR, f"hr-{each}", None)
        with world.game.database.read() as session:
            appeal = session.get_one(Appeal, number)
            with counted(world.game.database) as ran:
                handlers_for(session, appeal)
            found.append(len(ran))
    assert found[0] == found[1]


def test_nobody_names_who_handles_their_own_appeal(world: Settling) -> None:
    world.up_to_feedback()
    number = world.appeal("S12")
    with world.game.database.write() as session:
        own = account(session, Role.HR, "hers", "S12")
        appeal = session.get_one(Appeal, number)
        assert not may_do_with(session, own, appeal).assign
        assert appeals_waiting(session, own, NOW) == []
        with refused(Kind.DENIED, "access.oneself"):
            assign_appeal(session, own, NOW, appeal, handler="handler", seen=0)


def test_what_was_not_granted_after_all_is_not_kept_as_its_effect(world: Settling) -> None:
    world.up_to_feedback()
    number = world.handled("S12", RECORD)
    with world.game.database.write() as session:
        appeal = session.get_one(Appeal, number)
        reject_appeal(session, world.handler, NOW, appeal, answer="无误", seen=appeal.version)
        assert effect_shown(session, appeal) is None


def test_only_the_one_who_was_named_handles_and_nobody_stands_in(world: Settling) -> None:
    world.up_to_feedback()
    number = world.appeal("S12")
    stand_in = Actor(
        "someone", world.handler.roles, world.handler.account_id, None, on_behalf_of="handler"
    )
    with world.game.database.write() as session:
        appeal = session.get_one(Appeal, number)
        with refused(Kind.DENIED, "appeals.not_handler"):
            accept_appeal(session, world.handler, NOW, appeal, seen=0)
        assign_appeal(session, world.hr, NOW, appeal, handler="handler", seen=0)
        for who in (stand_in, world.second):
            with refused(Kind.DENIED, "appeals.not_handler"):
                accept_appeal(session, who, NOW, appeal, seen=1)
        accept_appeal(session, world.handler, NOW, appeal, seen=1)
        propose_correction(
            session, world.handler, NOW, appeal, corrections=[RECORD], answer="属实", seen=2
        )
        shown = effect_of_proposal(session, appeal).digest
        for who in (world.hr, world.handler):
            with refused(Kind.DENIED, "access.denied"):
                approve_correction(session, who, NOW, appeal, seen=3, effect=shown)
        with refused(Kind.CONFLICT, "appeals.moved_since"):
            approve_correction(session, world.finance, NOW, appeal, seen=3, effect="0")
        assert approve_correction(session, world.finance, NOW, appeal, seen=3, effect=shown) == 3


def test_the_window_is_open_from_the_approval_until_the_seal(world: Settling) -> None:
    world.up_to_approval()
    with refused(Kind.CONFLICT, "appeals.not_yet"):
        world.appeal("S12")
    world.approve()
    world.move("confirm", "S12")
    with refused(Kind.CONFLICT, "appeals.closed"):
        world.appeal("S12")
    world.reopen("S12")
    assert world.appeal("S12") > 0


def test_only_the_person_appeals_and_says_what_and_why(world: Settling) -> None:
    world.up_to_feedback()
    with world.game.database.write() as session:
        review, own = world.review(session, "S12"), world.people["S12"]
        for who in (world.hr, world.people["S11"]):
            with refused(Kind.DENIED, "access.denied"):
                submit_appeal(session, who, NOW, review, names=["total"], reason="漏算")
        with refused(Kind.INVALID, "appeals.words_needed"):
            submit_appeal(session, own, NOW, review, names=["total"], reason=" ")
        for names in ([], ["no.such"]):
            with refused(Kind.INVALID, "appeals.what"):
                submit_appeal(session, own, NOW, review, names=names, reason="漏算")


def test_an_appeal_without_an_answer_in_time_escalates_once(world: Settling) -> None:
    world.up_to_feedback()
    number = world.appeal("S12")
    with world.game.database.write() as session:
        account(session, Role.SALES_DIRECTOR, "told", "M3")
    late = NOW + timedelta(days=10)
    assert fire_due(world.game.database, late - timedelta(seconds=1)) == 0
    assert fire_due(world.game.database, late) == 1
    assert fire_due(world.game.database, late + timedelta(days=9)) == 0
    with world.game.database.read() as session:
        assert session.get_one(Appeal, number).escalated_at == late
        offices = {"hr-nobody", "handler", "director"}
        assert set(told(session, "late")) == {"M3", *offices}
        late_ones = [each for each in own_notices(session, world.hr) if each.tone == "warn"]
        assert late_ones[0].message == "An appeal has had no answer in its time."


def test_others_are_paid_while_an_appeal_is_open(world: Settling) -> None:
    world.up_to_feedback()
    world.appeal("S12")
    with world.game.database.read() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(LedgerEntry)) > len(PEOPLE)
    world.move("confirm", *(each for each in PEOPLE if each != "S12"))
    assert {review.person.code for review, _ in world.close().waiting} == {"S12"}
    with world.game.database.read() as session:
        assert find_cycle(session, CODE).state == "approved"


def with_days(world: Settling, days: int) -> None:
    """Give the cycle's policy days to appeal within, before the cycle is opened."""
    with world.game.database.write() as session:
        version = session.scalars(
            sa.select(PolicyVersion).join(PolicyRow).where(PolicyRow.code == "settle")
        ).one()
        policy = replace(from_canonical(version.canonical), appeals=Appeals(days, answer_days=3))
        version.canonical, version.digest = canonical_text(policy), digest(policy)


def test_the_days_of_the_policy_end_the_window_to_the_second(world: Settling) -> None:
    with_days(world, 5)
    world.up_to_feedback()
    approved = world.approved_at("S12")
    ends = approved + timedelta(days=5)
    with refused(Kind.CONFLICT, "appeals.outside"):
        world.appeal("S12", at=approved - timedelta(seconds=1))
    with refused(Kind.CONFLICT, "appeals.outside") as found:
        world.appeal("S12", at=ends)
    assert found.value.faults[0].params["ends"] == f"{ends.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"
    number = world.appeal("S12", at=ends - timedelta(seconds=1))
    with world.game.database.read() as session:
        appeal = session.get_one(Appeal, number)
        assert appeal.answer_due - appeal.submitted_at == timedelta(days=3)


def test_nobody_is_sealed_while_they_may_still_appeal(world: Settling) -> None:
    with_days(world, 5)
    world.up_to_feedback()
    ends = world.approved_at("S12") + timedelta(days=5)
    world.move("confirm", at=ends - timedelta(hours=1))
    assert world.state() == "approved"
    fire_due(world.game.database, ends - timedelta(seconds=1))
    assert world.state() == "approved"
    assert fire_due(world.game.database, ends) == len(PEOPLE)
    assert world.state() == "sealed"
