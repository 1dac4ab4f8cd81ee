"""The fourth quarter, and the turn of the year: left in the middle of everything, for visitors."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from functools import partial

from workflows.demo.calendar import MANAGERS, Change
from workflows.demo.played import (
    auditing,
    calibrating,
    confirming,
    cycles,
    goals,
    helping,
    organisation,
    planning,
    programme,
    ratings,
    reporting,
    reports,
    settling,
    talking,
    tracking,
)
from workflows.demo.played.agenda import MORNING, PLAIN, Day, act, plain
from workflows.demo.played.days import FOURTH, HALF, Q3, Q4, SECOND
from workflows.demo.played.exports import bring_in
from workflows.demo.played.organisation import JOINER, LEAVER, ON_LEAVE
from workflows.demo.quarter import lock_quarter, open_quarter, setting_goals
from workflows.demo.rules import leave_rules_undecided, publish_rules
from workflows.demo.year import reviewing_some_managers

_PLAN, _TO_COME = goals.YEAR_2025, goals.YEAR_2026
_NORTH = ("M05", "M06")
_WINS = date(2025, 10, 1)
# Visitors come later: what they may still answer stays open for long.
_LONG = date(2027, 12, 31)
_HEARING = reports.Hearing("上海总部三楼会议室", ("S0102", "S0201", "S0303"), ("M01", "M03", "M05"))
_EAST = calibrating.Sitting(
    "四季度华东校准会",
    ("华东大区",),
    ("m01", "m02", "hr-east"),
    Decimal(160_000),
    (Change("B", "A", True, "年末带队拿下两家标杆客户"),),
)
_SOUTH = calibrating.Sitting(
    "四季度华南校准会",
    ("华南大区",),
    ("m03", "m04"),
    Decimal(120_000),
    (Change("C", "B", True, "接手调动同事的客户，交接期影响赢单率"),),
    "两组一起看；调动的一位按两段在岗时间综合评。",
)

# Everybody of it is drawn, so that each play of a seed looks at the same people in their order.
_AUDITED = SECOND.cycle(MANAGERS)
_FINDINGS = ("团队有两单的合同只有编号，没有扫描件", "团队有一单的商机创建日期晚于首次拜访")


def days() -> Iterator[Day]:
    """Give what is done on which day."""
    yield from _goals()
    yield from _running()
    yield from _turn_of_the_year()
    yield from _left_open()


def _goals() -> Iterator[Day]:
    opened = partial(open_quarter, quarter=FOURTH, policies=(MANAGERS,))
    yield from plain([(FOURTH.opened, opened)])
    submitted, approved, _ = setting_goals(FOURTH, (MANAGERS,))
    yield from plain([submitted, approved])
    yield Day(FOURTH.opened, (organisation.name_stand_ins, act(cycles.open_, Q4)))
    yield Day(date(2025, 10, 14), (goals.change, act(goals.propose, _PLAN, *_NORTH)))
    yield Day(date(2025, 10, 15), (act(goals.answer, _PLAN), act(goals.settle, _PLAN)))
    yield Day(date(2025, 10, 16), (act(goals.agree, _PLAN), act(goals.approve, _PLAN), goals.take))
    yield Day(date(2025, 10, 17), (act(cycles.sign, unevenly=True),), PLAIN)
    yield Day(date(2025, 10, 17), (act(cycles.move, Q4, "submit_goals", start="goal_setting"),))
    yield Day(date(2025, 10, 20), (act(bring_in, date(2025, 10, 17)),))
    # M03 is away: whoever stands in approves for them.
    yield Day(date(2025, 10, 21), (act(cycles.move, Q4, "approve_goals", start="goal_approval"),))


def _running() -> Iterator[Day]:
    people = tracking.ONE_TO_ONES
    due = date(2025, 12, 10)
    yield Day(
        date(2025, 11, 12),
        (
            act(tracking.plan_one_to_ones, Q4, date(2025, 11, 19), people),
            act(tracking.plan_team_meeting, Q4, date(2025, 11, 21), "M01", "M03"),
        ),
    )
    yield Day(date(2025, 11, 19), (act(tracking.hold, Q4, tracking.second_talks(people, due)),))
    yield Day(
        date(2025, 11, 21), (act(tracking.hold, Q4, tracking.team_talks(("M01", "M03"), due)),)
    )
    yield Day(date(2025, 11, 27), (organisation.somebody_leaves,))
    yield Day(date(2025, 12, 5), (organisation.name_stand_in_of_hr,))
    yield from plain([(date(2025, 12, 8), publish_rules)])
    yield Day(date(2025, 12, 10), (act(confirming.share, "S0201", "S0204", _WINS),))
    yield Day(
        date(2025, 12, 11),
        (
            act(planning.note, "S0302", "evidence", "与导师复盘十二单，丢单原因表已存档"),
            act(planning.note, "S0501", "training", "参加需求访谈培训"),
        ),
    )
    yield Day(date(2025, 12, 15), (act(goals.cascade, _TO_COME),))
    yield Day(
        date(2025, 12, 19),
        (act(tracking.hold, Q4, tracking.first_talks(people[:4], date(2026, 1, 20))),),
    )
    yield Day(
        date(2025, 12, 22),
        (
            act(goals.propose, _TO_COME, "M01", "M02", "M03", "M04"),
            act(goals.own_goals, _TO_COME.year),
            act(helping.assist, "S0103", "S0101", _WINS),
            act(helping.assist, "S0202", "S0201", _WINS),
            act(helping.confirm, "S0101"),
        ),
    )
    yield Day(date(2025, 12, 24), (act(goals.answer, _TO_COME, ("S0101", "S0201", "S0301")),))
    yield Day(
        date(2025, 12, 26),
        (
            act(goals.agree, _TO_COME, lambda person: person.code < "S0104"),
            act(goals.send_back, _TO_COME, "S0303", "比去年低了一成，请写明依据"),
        ),
    )


def _turn_of_the_year() -> Iterator[Day]:
    figures = (Q4, "satisfaction", "finance", (80, 97), (ON_LEAVE, LEAVER.code))
    yield Day(date(2026, 1, 6), (act(bring_in, FOURTH.ended),), MORNING)
    locked = partial(lock_quarter, quarter=FOURTH, policies=(MANAGERS,))
    yield from plain([(FOURTH.locked, locked)])
    yield from plain(reviewing_some_managers(FOURTH))
    yield Day(
        date(2026, 1, 6),
        (
            act(confirming.begin, Q4),
            act(confirming.begin, HALF),
            act(reporting.report, *figures),
            act(reporting.check, Q4, "hr-east"),
        ),
    )
    gone = (ON_LEAVE, LEAVER.code)
    yield Day(
        date(2026, 1, 7),
        (act(confirming.confirm, Q4, (*gone, "S0602")),),
    )
    yield Day(
        date(2026, 1, 8),
        (
            act(confirming.confirm, HALF, _unconfirmed()),
            act(confirming.dispute, HALF, "S0301", "这一单是我和 S0305 共同签的"),
            act(confirming.claim_of, HALF, "S0303", "S0302", _WINS, "前期需求是我跟的"),
            act(confirming.propose, "S0303", (("S0302", "0.8"), ("S0303", "0.2")), "按投入八二"),
        ),
    )
    yield Day(
        date(2026, 1, 9),
        (act(confirming.lock, Q4, "一人产假、一人已离职、一人出国，名单附后"),),
    )


def _left_open() -> Iterator[Day]:
    yield from plain([(date(2026, 1, 12), leave_rules_undecided)])
    # The North has not reported yet but for a few; S0502 and the newcomer have, and wait.
    north = tuple(f"S0{team}0{seat}" for team in (5, 6) for seat in range(1, 7))
    unreported = (*(each for each in north if each not in ("S0601", "S0603")), ON_LEAVE)
    yield Day(
        date(2026, 1, 12),
        (
            act(reports.submit, Q4, but=(*north, ON_LEAVE, LEAVER.code)),
            act(reports.begin, Q4, "S0501"),
            act(reports.submit, Q4, only=("S0502", "S0601", "S0603", JOINER.code)),
            act(reports.call, Q4, _HEARING, date(2026, 1, 15)),
            act(settling.propose_to_reopen, Q3, "S0602", "客户补开发票，核对金额"),
        ),
    )
    yield Day(
        date(2026, 1, 13),
        (
            act(
                cycles.move,
                Q4,
                "report",
                start="self_report",
                but=(*unreported, "S0502", JOINER.code),
            ),
            act(ratings.rate_oneself, Q4, ("S0104", "S0403")),
            act(ratings.propose_peers, Q4, {"S0202": ("S0201", "S0203", "S0204", "S0206")}),
            act(ratings.rate_peers, Q4, ("S0206",)),
            act(reporting.report, HALF, "training_hours", "hr-east", (6, 20), (LEAVER.code,)),
            act(tracking.plan_one_to_ones, HALF, date(2026, 1, 22), ("S0101", "S0301")),
        ),
    )
    yield Day(
        date(2026, 1, 14),
        (
            act(bring_in, date(2026, 1, 13)),
            act(
                settling.propose_to_measure_anew,
                f"{MANAGERS}@{FOURTH.label}",
                "锁数之后补录一单十二月的合同，请按实际重新计量",
            ),
            act(reports.score, Q4, "M01", "M03"),
            act(talking.hold, Q3, only=("S0502",)),
            act(auditing.draw, _AUDITED, 6),
            act(ratings.rate_team, Q4, teams=("M01", "M02", "M03", "M04")),
            act(ratings.finish, Q4, teams=("M01", "M02", "M03", "M04")),
        ),
    )
    yield Day(
        date(2026, 1, 15),
        (
            act(calibrating.hold, Q4, _EAST),
            act(calibrating.hold, Q4, _SOUTH),
            act(calibrating.close, _SOUTH.name, "两组大客户集中签约，属实"),
            act(planning.evaluate, "S0302", "赢单率回升，导师辅导有效", end=True),
            act(planning.draft_improvement, Q4, "S0505", date(2026, 3, 31), mentor="S0503"),
            act(planning.agree, "S0505", both=False),
            act(auditing.check, _AUDITED, _FINDINGS, left=2),
            act(auditing.answer, _AUDITED, "已请销售补传扫描件，合同金额无误"),
            act(programme.ask, "2025-Q4", _LONG),
            act(programme.answer, "2025-Q4", _answering()),
        ),
    )


def _unconfirmed() -> tuple[str, ...]:
    """Return who has not confirmed the half-year yet: a few of each team, and who is away."""
    seats = [f"S0{team}0{seat}" for team in range(1, 7) for seat in (1, 3)]
    return (*seats, "S0302", ON_LEAVE, LEAVER.code)


def _answering() -> list[str]:
    return [f"S0{team}0{seat}" for team in range(1, 7) for seat in (2, 3)] + ["M01"]
