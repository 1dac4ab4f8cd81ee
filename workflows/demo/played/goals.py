"""The goals of a year: cascaded by HR, agreed with everybody, approved, and changed once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from workflows.cycles.operations import find_cycle
from workflows.demo.played.days import Q4
from workflows.demo.played.play import Play
from workflows.goals.changing import (
    change_amount,
    change_ratio,
    change_reserve,
    change_shape,
    lock_nodes,
)
from workflows.goals.cutting import Part, Way, split_nodes
from workflows.goals.offered import amounts_now
from workflows.goals.offers import (
    agree_goal,
    answer_goal,
    propose_goals,
    return_goal,
    settle_goal,
)
from workflows.goals.plans import (
    approve_version,
    find_goal,
    find_plan,
    new_plan,
    new_version,
    newest_version,
    submit_version,
)
from workflows.goals.stating import Fields, add_company_goal, restate_goal, state_goal
from workflows.goals.store import Tree, load_tree
from workflows.goals.tables import Goal, GoalOffer
from workflows.goals.taking import take_goals
from workflows.org.tables import Person

REVENUE = "revenue_target"
# What each month of the year before brought, in 万元: quarters end busily, December most of all.
_SEASONS = tuple(
    Decimal(each) for each in (398, 252, 590, 470, 520, 660, 420, 460, 570, 360, 560, 860)
)
_LINES = (
    Part("云帆ERP", Decimal(4), "全年主推"),
    Part("云帆CRM", Decimal(3)),
    Part("智仓与数澜", Decimal(3)),
)


@dataclass(frozen=True, slots=True)
class Countered:
    """Whoever does not accept: what share of the proposal they would take, and what is settled."""

    person: str
    asked: str
    why: str
    settled: str
    said: str


@dataclass(frozen=True, slots=True)
class YearOfGoals:
    """The goals of a year, and what is said about them."""

    year: int
    company: Decimal
    newcomers: Sequence[tuple[str, str, str]]  # who, their ratio, why
    countered: Sequence[Countered]


YEAR_2025 = YearOfGoals(
    2025,
    Decimal(61_200_000),
    (
        ("S0206", "0.6", "入职不满一年，按六成计"),
        ("S0505", "0.6", "入职不满一年，按六成计"),
    ),
    (
        Countered(
            "S0302", "0.9", "两家老客户今年只续约不扩容", "0.95", "下调五个点，续约之外补一家新客户"
        ),
        Countered("S0501", "0.85", "上半年已落后，下半年追不回全部", "1", "目标不变，九月复盘一次"),
    ),
)
YEAR_2026 = YearOfGoals(
    2026,
    Decimal(66_000_000),
    (("S0606", "0.7", "去年八月入职，按七成计"),),
    (Countered("S0202", "0.92", "两家大客户明年预算减半", "0.96", "减四个点，补一家新客户"),),
)


def cascade(play: Play, goals: YearOfGoals) -> None:
    """Begin the year's plan and share the company's goal out, down to people and their lines."""
    hr = play.who("hr")
    with play.writing() as session:
        plan = new_plan(session, hr, play.now(), year=goals.year, name="")
        fields = Fields(
            f"{goals.year} 年成交金额",
            "在三个大区扩大企业软件销售",
            "赢单商机的成交金额",
            goals.company,
            "CNY",
            date(goals.year, 12, 31),
            strategy="三年翻番",
        )
        add_company_goal(session, hr, play.now(), plan, code=REVENUE, fields=fields)
        tree = _tree(session, play, goals.year)
        change_shape(session, hr, play.now(), tree, _SEASONS, kind="given")
        for kind, way in (
            ("company", Way("org", "headcount", reason="按编制分到大区")),
            ("region", Way("org", "headcount", reason="按编制分到团队")),
            ("team", Way("org", "equal", Decimal("1.03"), reason="团队内平均，加码 3%")),
        ):
            _split(session, play, goals.year, kind, way)
        _adjust(session, play, goals)
        _split(session, play, goals.year, "person", Way("line", "ratio", parts=_LINES))


def _adjust(session: Session, play: Play, goals: YearOfGoals) -> None:
    """Keep something back in a team, ask less of newcomers, and hold one figure still."""
    hr = play.who("hr")
    tree = _tree(session, play, goals.year)
    change_reserve(session, hr, play.now(), tree, _key(tree, "M06"), Decimal(600_000))
    for code, ratio, reason in goals.newcomers:
        tree = _tree(session, play, goals.year)
        key = _key(tree, code)
        change_ratio(session, hr, play.now(), tree, key, Decimal(ratio), reason=reason)
    tree = _tree(session, play, goals.year)
    key = _key(tree, "S0101")
    amount = tree_amount(tree, key) * 11 // 10
    change_amount(session, hr, play.now(), tree, key, amount, reason="大客户集中在其名下")
    tree = _tree(session, play, goals.year)
    lock_nodes(session, hr, play.now(), tree, [key], locked=True)


def propose(play: Play, goals: YearOfGoals, *teams: str) -> None:
    """Have each manager propose their people's goal to them."""
    with play.writing() as session:
        tree = _tree(session, play, goals.year)
        for team, people in _teams(play, session, goals.year).items():
            if not teams or team in teams:
                propose_goals(session, play.who(team), play.now(), tree, people)


def answer(play: Play, goals: YearOfGoals, but: Sequence[str] = ()) -> None:
    """Have everybody answer what is proposed to them, but those who leave it."""
    counters = {each.person: each for each in goals.countered}
    with play.writing() as session:
        for offer in _offers(session, play, goals.year, "proposed"):
            code = offer.person.code
            if code in but:
                continue
            counter = counters.get(code)
            if counter is None:
                answer_goal(session, play.who(code), play.now(), offer)
            else:
                amounts = _times(session, play, goals.year, offer, counter.asked)
                answer_goal(
                    session, play.who(code), play.now(), offer, counter=amounts, reason=counter.why
                )


def settle(play: Play, goals: YearOfGoals) -> None:
    """Have the managers settle what was countered."""
    counters = {each.person: each for each in goals.countered}
    with play.writing() as session:
        for offer in _offers(session, play, goals.year, "countered"):
            counter = counters[offer.person.code]
            amounts = _times(session, play, goals.year, offer, counter.settled)
            manager = play.manager_of(session, offer.person_id)
            settle_goal(
                session, manager, play.now(), offer, amounts, reason=counter.said, taken="reserve"
            )


def agree(play: Play, goals: YearOfGoals, only: Callable[[Person], bool] = lambda _: True) -> None:
    """Have the director approve what managers and their people agreed on."""
    with play.writing() as session:
        for offer in _offers(session, play, goals.year, "accepted", "settled"):
            if only(offer.person):
                agree_goal(session, play.who("director"), play.now(), offer, play.day)


def send_back(play: Play, goals: YearOfGoals, person: str, reason: str) -> None:
    """Have the director send somebody's goal back to the manager."""
    with play.writing() as session:
        for offer in _offers(session, play, goals.year, "accepted", "settled"):
            if offer.person.code == person:
                return_goal(
                    session, play.who("director"), play.now(), offer, play.day, reason=reason
                )


def approve(play: Play, goals: YearOfGoals) -> None:
    """Hand the plan in, and have finance approve it."""
    with play.writing() as session:
        version = newest_version(session, find_plan(session, play.who("hr"), goals.year))
        submit_version(session, play.who("hr"), play.now(), version)
        approve_version(session, play.who("finance"), play.now(), version)


def change(play: Play) -> None:
    """Ask less of the North in the fourth quarter: a new version of the plan, with its reason."""
    hr = play.who("hr")
    with play.writing() as session:
        plan = find_plan(session, hr, YEAR_2025.year)
        reason = "新品推迟到明年一季度，华北的项目型客户随之后移"
        new_version(session, hr, play.now(), plan, reason=reason)
        tree = _tree(session, play, YEAR_2025.year)
        key = _key(tree, "华北大区")
        amount = tree_amount(tree, key) - 900_000
        # What the North is spared stays with the company: nobody else has to sell it.
        change_amount(session, hr, play.now(), tree, key, amount, reason=reason, taken="reserve")


def include(play: Play, person: str, team: str, left: int) -> None:
    """Give a newcomer what their team kept back, but for ``left``: a new version of the plan."""
    hr = play.who("hr")
    with play.writing() as session:
        plan = find_plan(session, hr, YEAR_2025.year)
        reason = f"{person} 八月入职，目标取自团队预留，其他人不变"
        new_version(session, hr, play.now(), plan, reason=reason)
        tree = _tree(session, play, YEAR_2025.year)
        key = _key(tree, team)
        team_node = next(node for node in tree.root.walk() if node.key == key)
        held = [node.key for node in team_node.children if not node.locked]
        lock_nodes(session, hr, play.now(), tree, held, locked=True)
        way = Way("org", "ratio", Decimal("1.03"), reserve=Decimal(left), reason=reason)
        tree = _tree(session, play, YEAR_2025.year)
        split_nodes(session, hr, play.now(), tree, [_key(tree, team)], way, today=play.day)
        tree = _tree(session, play, YEAR_2025.year)
        lock_nodes(session, hr, play.now(), tree, held, locked=False)


def take(play: Play) -> None:
    """Have the fourth quarter, which runs already, take the plan's newest figures."""
    with play.writing() as session:
        take_goals(session, play.who("hr"), play.now(), find_cycle(session, Q4))


def own_goals(play: Play, year: int) -> None:
    """Have some people state goals of their own, one of them not clear yet."""
    with play.writing() as session:
        plan = find_plan(session, play.who("hr"), year)
        for code, fields in (
            (
                "S0101",
                Fields(
                    "新增三家制造业标杆客户",
                    "拿下三家年采购百万以上的制造业客户",
                    "签约客户数",
                    Decimal(3),
                    "家",
                    date(year, 12, 20),
                    parent=REVENUE,
                ),
            ),
            ("S0301", Fields("把客户拜访做扎实")),
        ):
            person = _person(session, code)
            goal = state_goal(session, play.who(code), play.now(), plan, person, fields)
        clearer = Fields(
            "把客户拜访做扎实", "每家重点客户每季度拜访两次", "拜访次数", parent=REVENUE
        )
        restate_goal(session, play.who("M03"), play.now(), goal, clearer)


def tree_amount(tree: Tree, key: int) -> Decimal:
    return next(node.amount for node in tree.root.walk() if node.key == key)


def _tree(session: Session, play: Play, year: int) -> Tree:
    plan = find_plan(session, play.who("hr"), year)
    return load_tree(session, newest_version(session, plan), find_goal(session, plan, REVENUE))


def _split(session: Session, play: Play, year: int, kind: str, way: Way) -> None:
    tree = _tree(session, play, year)
    keys = [node.key for node in tree.root.walk() if node.kind == kind]
    split_nodes(session, play.who("hr"), play.now(), tree, keys, way, today=play.day)


def _key(tree: Tree, code: str) -> int:
    """Return the uppermost node of a unit or a person, by code."""
    return next(
        node.key
        for node in tree.root.walk()
        if code in (_code(tree.rows[node.key].unit), _code(tree.rows[node.key].person))
    )


def _code(owner: object) -> str | None:
    return getattr(owner, "code", None)


def _teams(play: Play, session: Session, year: int) -> dict[str, list[Person]]:
    """Return those whom the year's goal reaches, by their manager's code today."""
    tree = _tree(session, play, year)
    found: dict[str, list[Person]] = {}
    people = {row.person for row in tree.rows.values() if row.person is not None}
    for person in sorted(people, key=lambda each: each.code):
        found.setdefault(play.manager_code(session, person.id), []).append(person)
    return found


def _offers(session: Session, play: Play, year: int, *states: str) -> list[GoalOffer]:
    version = newest_version(session, find_plan(session, play.who("hr"), year))
    query = (
        select(GoalOffer)
        .join(GoalOffer.person)
        .join(Goal, Goal.id == GoalOffer.goal_id)
        .where(GoalOffer.version_id == version.id, GoalOffer.state.in_(states))
        .order_by(Person.code)
    )
    return list(session.scalars(query))


def _times(
    session: Session, play: Play, year: int, offer: GoalOffer, share: str
) -> tuple[Decimal, ...]:
    """Return a share of what somebody's goal is now, in whole thousands."""
    now = amounts_now(_tree(session, play, year), offer.person_id)
    assert now is not None, "whoever was asked has the goal"
    if share == "1":
        return now
    return tuple(each * Decimal(share) // 1000 * 1000 for each in now)


def _person(session: Session, code: str) -> Person:
    return session.scalars(select(Person).where(Person.code == code)).one()
