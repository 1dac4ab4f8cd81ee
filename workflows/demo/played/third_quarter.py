"""The third quarter: the first under the new rules, from goals to appeals that are settled."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from functools import partial

from workflows.demo.calendar import MANAGERS, Change
from workflows.demo.played import (
    calibrating,
    confirming,
    cycles,
    goals,
    helping,
    organisation,
    ratings,
    reporting,
    reports,
    settling,
    third_settled,
    tracking,
)
from workflows.demo.played.agenda import Day, act, plain
from workflows.demo.played.days import HALF, Q3, THIRD
from workflows.demo.played.exports import bring_in
from workflows.demo.played.organisation import JOINER, ON_LEAVE
from workflows.demo.quarter import lock_quarter, open_quarter, setting_goals

_PLAN = goals.YEAR_2025
_WINS = date(2025, 7, 1)
_TEAMS = ("M01", "M04")
_HEARING = reports.Hearing(
    "上海总部三楼会议室",
    ("S0101", "S0203", "S0401", "S0601"),
    ("M01", "M02", "M05"),
    (("把标杆客户的验收范围模板发给全员", "S0101"), ("报价跟进清单每周更新", "S0401")),
)
_SITTING = calibrating.Sitting(
    "三季度全员校准会",
    ("yunfan",),
    ("m01", "m02", "m03", "m04", "m05", "m06", "hr-east"),
    Decimal(420_000),
    (
        Change("B", "A", True, "牵头跨区域投标，协助两位同事签约"),
        Change("C", "B", True, "接手离队同事的客户，交接期影响赢单率"),
        Change("S", "A", False, "两起客户投诉未按时回复，经核实"),
    ),
    "会前各经理提交名单；逐个看边界上的人，理由当场写清。新人不占比例。",
)
_PEERS = {
    "S0101": ("S0102", "S0103", "S0104"),
    "S0203": ("S0201", "S0202", "S0204", "S0205"),
    "S0401": ("S0402", "S0403", "S0404"),
}


def days() -> Iterator[Day]:
    """Give what is done on which day."""
    yield from _goals()
    yield from _tracking()
    yield from _confirmation()
    yield from _evaluation()
    yield from third_settled.days()


def _goals() -> Iterator[Day]:
    opened = partial(open_quarter, quarter=THIRD, policies=(MANAGERS,))
    yield from plain([(THIRD.opened, opened)])
    yield from plain(setting_goals(THIRD, (MANAGERS,)))
    yield Day(THIRD.opened, (act(cycles.open_, Q3), act(cycles.open_, HALF)))
    yield Day(
        date(2025, 7, 8),
        (
            act(cycles.move, Q3, "submit_goals", start="goal_setting"),
            act(goals.own_goals, 2025),
        ),
    )
    yield Day(
        date(2025, 7, 11),
        (
            act(
                cycles.move,
                Q3,
                "approve_goals",
                start="goal_approval",
                but=("S0302", *(f"S050{seat}" for seat in range(1, 6))),
            ),
        ),
    )
    yield Day(
        date(2025, 7, 16),
        (act(cycles.move, Q3, "approve_goals", start="goal_approval", but=("S0302",)),),
    )
    yield Day(
        date(2025, 7, 17),
        (
            act(
                cycles.move,
                Q3,
                "return_goals",
                start="goal_approval",
                reason="新签客户目标没有写明名单与完成时间",
            ),
        ),
    )
    yield Day(date(2025, 7, 18), (act(cycles.move, Q3, "submit_goals", start="goal_setting"),))
    yield Day(date(2025, 7, 21), (act(cycles.move, Q3, "approve_goals", start="goal_approval"),))


def _tracking() -> Iterator[Day]:
    people = tracking.ONE_TO_ONES
    due = date(2025, 8, 25)
    yield Day(
        date(2025, 7, 23),
        (
            act(tracking.plan_one_to_ones, Q3, date(2025, 7, 28), people),
            act(tracking.plan_team_meeting, Q3, date(2025, 7, 30), *_TEAMS),
        ),
    )
    yield Day(date(2025, 7, 28), (act(tracking.hold, Q3, tracking.first_talks(people, due)),))
    yield Day(date(2025, 7, 30), (act(tracking.hold, Q3, tracking.team_talks(_TEAMS, due)),))
    yield Day(date(2025, 8, 4), (organisation.somebody_joins,))
    yield Day(
        date(2025, 8, 5),
        (
            act(goals.include, JOINER.code, JOINER.unit, 200_000),
            act(goals.propose, _PLAN, JOINER.unit),
        ),
    )
    yield Day(date(2025, 8, 6), (act(goals.answer, _PLAN), act(goals.agree, _PLAN)))
    yield Day(
        date(2025, 8, 7),
        (act(goals.approve, _PLAN), act(cycles.add_newcomer, Q3, JOINER.code, 150_000, 4)),
    )
    yield Day(date(2025, 8, 8), (act(cycles.move, Q3, "submit_goals", start="goal_setting"),))
    yield Day(date(2025, 8, 11), (act(cycles.move, Q3, "approve_goals", start="goal_approval"),))
    yield Day(date(2025, 8, 18), (organisation.somebody_moves,))
    second = tracking.second_talks(people[:-1], date(2025, 9, 26))
    yield Day(
        date(2025, 8, 28),
        (
            act(tracking.hold, Q3, second),
            act(tracking.call_off, Q3, people[-1:], "客户临时约见，与下次合并"),
        ),
    )
    yield Day(
        date(2025, 8, 29), (act(tracking.finish_measure, "S0101", "三十家走完，新增线索九条"),)
    )
    yield Day(
        date(2025, 9, 1),
        (
            organisation.somebody_goes_on_leave,
            act(tracking.hold, Q3, tracking.team_talks(_TEAMS, date(2025, 9, 26))),
        ),
    )
    yield Day(date(2025, 8, 15), (act(bring_in, date(2025, 8, 14)),))
    yield Day(date(2025, 8, 25), (act(bring_in, date(2025, 8, 24)),))
    yield Day(
        date(2025, 9, 26),
        (act(tracking.call_off, Q3, (*people, *_TEAMS), "季末集中签约，与述职合并"),),
    )
    yield Day(
        date(2025, 9, 10),
        (
            act(helping.assist, "S0102", "S0101", _WINS),
            act(helping.assist, "S0205", "S0203", _WINS),
            act(helping.assist, "S0205", "S0201", _WINS),
            act(helping.sharing, "S0401", "M04"),
        ),
    )
    yield Day(
        date(2025, 9, 11),
        tuple(act(helping.confirm, each) for each in ("S0101", "S0203", "M04")),
    )


def _confirmation() -> Iterator[Day]:
    figures = (Q3, "satisfaction", "finance", (78, 96), (ON_LEAVE, JOINER.code))
    yield Day(
        date(2025, 9, 12),
        (
            act(reporting.name, Q3, "satisfaction", "finance", "hr-east"),
            act(reporting.name, HALF, "training_hours", "hr-east", "hr2"),
        ),
    )
    yield Day(
        date(2025, 10, 9),
        (
            act(bring_in, THIRD.ended),
            act(confirming.begin, Q3),
            act(reporting.report, *figures),
            act(reporting.check, Q3, "hr-east", accept=False, reason="缺华南两组的问卷原件"),
        ),
    )
    locked = partial(lock_quarter, quarter=THIRD, policies=(MANAGERS,))
    yield from plain([(THIRD.locked, locked)])
    unsettled = ("S0205", "S0402", "S0403", ON_LEAVE)
    yield Day(
        date(2025, 10, 10),
        (
            act(reporting.report, *figures),
            act(reporting.check, Q3, "hr-east"),
            act(confirming.dispute, Q3, "S0205", "这一单是和 S0203 一起谈的，应当各半"),
            act(
                confirming.claim_of,
                Q3,
                "S0402",
                "S0403",
                _WINS,
                "方案和报价是我做的，客户可以证明",
            ),
            act(confirming.claim, Q3, "S0101", "HT-2025-0917", "合同已签，客户经理还没录入系统"),
            act(confirming.confirm, Q3, (*unsettled, "S0302")),
        ),
    )
    yield Day(
        date(2025, 10, 11),
        (
            act(
                confirming.propose, "S0205", (("S0203", "0.5"), ("S0205", "0.5")), "共同跟进，各半"
            ),
            act(confirming.propose, "S0402", (("S0402", "0.3"), ("S0403", "0.7")), "按投入三七"),
            act(confirming.answer, "S0203"),
            act(confirming.answer, "S0205"),
            act(confirming.answer, "S0402"),
            act(confirming.answer, "S0403", accept=False, reason="他只参加了一次会"),
            act(confirming.decide, "S0402", grant=True, reason="会议记录与邮件可证，按三七执行"),
            act(confirming.confirm, Q3, (ON_LEAVE, "S0302")),
        ),
    )
    yield Day(
        date(2025, 10, 13),
        (act(confirming.lock, Q3, "一人产假、一人出差，均已电话核对，名单附后"),),
    )


def _evaluation() -> Iterator[Day]:
    late = (ON_LEAVE, "S0302")
    yield Day(
        date(2025, 10, 15),
        (act(reports.submit, Q3, but=late), act(reports.begin, Q3, "S0302")),
    )
    yield Day(
        date(2025, 10, 16),
        (
            act(reports.send_back, Q3, "S0203", "措施没有写到什么时候完成"),
            act(reports.comment, Q3, "S0101", "S0401"),
            act(reports.call, Q3, _HEARING, date(2025, 10, 21)),
        ),
    )
    yield Day(date(2025, 10, 17), (act(reports.submit, Q3, only=("S0203",)),))
    yield Day(
        date(2025, 10, 21),
        (
            act(reports.score, Q3, *_HEARING.panel),
            act(reports.hold, Q3, _HEARING),
            act(reports.submit, Q3, only=("S0302",)),
        ),
    )
    yield Day(
        date(2025, 10, 20),
        (act(cycles.move, Q3, "report", start="self_report", but=(ON_LEAVE, "S0302")),),
    )
    yield Day(
        date(2025, 10, 22),
        (act(cycles.move, Q3, "report", start="self_report", but=(ON_LEAVE,)),),
    )
    yield Day(
        date(2025, 10, 23),
        (act(ratings.rate_oneself, Q3), act(ratings.propose_peers, Q3, _PEERS)),
    )
    yield Day(
        date(2025, 10, 24),
        (
            act(ratings.rate_peers, Q3, ("S0402", "S0204")),
            act(ratings.enter_customers, Q3, "S0101", "S0203", "S0601"),
            act(reports.finish_first_todo, Q3, "模板已发到群里"),
        ),
    )
    yield Day(date(2025, 10, 27), (act(ratings.rate_team, Q3),))
    yield Day(date(2025, 10, 28), (act(ratings.finish, Q3),))
    yield Day(
        date(2025, 10, 30),
        (
            act(calibrating.hold, Q3, _SITTING),
            act(calibrating.exclude, _SITTING.name, (JOINER.code,), "八月入职，本季不参加校准"),
        ),
    )
    yield Day(
        date(2025, 10, 31),
        (
            act(calibrating.exclude, _SITTING.name, (ON_LEAVE,), "产假，返岗后评价"),
            act(calibrating.close, _SITTING.name, "华东超额来自三位销售的新签客户，保留"),
            act(calibrating.approve, _SITTING.name),
            act(calibrating.submit, Q3),
            act(settling.hold_back, Q3, ON_LEAVE, "产假中，返岗后补述职与评价"),
        ),
    )
    yield Day(date(2025, 11, 3), (act(cycles.approve_results, Q3),))
