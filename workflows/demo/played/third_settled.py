"""After the third quarter: conversations, appeals, plans, a survey, and reviews that are closed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from workflows.appeals.corrections import Correction
from workflows.demo.calendar import MANAGERS
from workflows.demo.played import planning, programme, settling, talking
from workflows.demo.played.agenda import Day, act, plain
from workflows.demo.played.days import Q3, THIRD
from workflows.demo.played.papers import paper
from workflows.demo.quarter import reviewing

_GRANTED = settling.Appealed(
    Q3, "S0203", ("satisfaction.points", "total"), "满意度用的是二季度的旧问卷，三季度回访是 97 分",
    (paper("三季度客户回访", "2025-Q3 satisfaction survey\nS0203: 12 answers, mean 97"),),
)  # fmt: skip
_REFUSED = settling.Appealed(
    Q3, "S0305", ("revenue.points",), "九月底签的合同没有算进来，客户十月才付款"
)
_WITHDRAWN = settling.Appealed(Q3, "S0102", ("grade",), "和同组相比觉得等级偏低")
# Whose conversation their manager puts off.
_PUT_OFF = ("S0505", "S0502")


def days() -> Iterator[Day]:
    """Give what is done on which day."""
    yield from plain(reviewing(THIRD, (MANAGERS,)))
    yield Day(date(2025, 11, 4), (act(talking.prepare, Q3),))
    yield Day(date(2025, 11, 6), (act(talking.hold, Q3, but=_PUT_OFF),))
    yield Day(
        date(2025, 11, 7),
        (
            act(
                talking.acknowledge,
                Q3,
                silent=("S0501", "S0404", *_PUT_OFF),
                disagree=("S0203", "S0305"),
            ),
            act(talking.add_notes, Q3, "S0302", "S0401"),
            act(
                talking.say_back,
                Q3,
                *(f"S0{team}0{seat}" for team in (1, 2, 4) for seat in range(1, 5)),
            ),
        ),
    )
    yield Day(
        date(2025, 11, 10),
        (
            act(planning.draft_improvement, Q3, "S0501", date(2026, 1, 16), mentor="S0502"),
            act(planning.draft_improvement, Q3, "S0302", date(2026, 1, 9), mentor="S0301"),
            act(planning.draft_development, Q3, "S0101", date(2026, 6, 30), "M02"),
        ),
    )
    yield Day(
        date(2025, 11, 11),
        tuple(act(planning.agree, person) for person in ("S0501", "S0302", "S0101")),
    )
    yield Day(
        date(2025, 11, 12),
        tuple(act(planning.start, person) for person in ("S0501", "S0302", "S0101")),
    )
    yield Day(date(2025, 11, 14), (act(talking.finish, Q3, _PUT_OFF),))
    yield Day(
        date(2025, 11, 17),
        (
            act(settling.appeal, _GRANTED),
            act(settling.appeal, _REFUSED),
            act(settling.appeal, _WITHDRAWN),
            act(programme.ask, "2025-Q3", date(2025, 11, 28)),
        ),
    )
    yield Day(
        date(2025, 11, 18),
        (
            act(settling.assign, _GRANTED, "hr2"),
            act(settling.assign, _REFUSED, "hr2"),
            act(settling.withdraw, _WITHDRAWN),
            act(planning.note, "S0302", "training", "参加需求访谈培训两天，演练评分 86"),
        ),
    )
    yield Day(
        date(2025, 11, 19),
        (
            act(
                settling.refuse_it,
                _REFUSED,
                "hr2",
                "方案按赢单日期计入：该单关闭日期为十月九日，计入四季度，已逐条附上",
            ),
            act(
                settling.correct,
                _GRANTED,
                "hr2",
                (Correction("fact", "satisfaction", "97"),),
                "回访原件核对无误，按三季度问卷更正",
            ),
        ),
    )
    yield Day(date(2025, 11, 20), (act(settling.grant, _GRANTED),))
    yield Day(
        date(2025, 11, 21),
        (act(programme.answer, "2025-Q3", _answering()),),
    )
    yield Day(date(2025, 11, 24), (act(settling.close, Q3),))
    yield Day(
        date(2025, 11, 25),
        (act(settling.propose_to_reopen, Q3, "S0401", "核对发现一张发票重复登记"),),
    )
    yield Day(
        date(2025, 11, 26),
        (act(settling.reopen, Q3, "S0401", approve=True, reason="情况属实，更正后重新归档"),),
    )
    yield Day(
        date(2025, 11, 28),
        (
            act(programme.end, "2025-Q3"),
            act(
                programme.take_measure,
                "2025-Q3",
                "述职模板提前一周填好数字发给本人",
                "M01",
                date(2026, 1, 15),
            ),
        ),
    )
    yield Day(date(2025, 12, 2), (act(settling.close, Q3),))


def _answering() -> list[str]:
    return [f"S0{team}0{seat}" for team in range(1, 7) for seat in (1, 2, 3)] + ["M01", "M02"]
