"""Stating goals: the company's, which have a tree to share out, and people's own."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.errors import N_, Fault, KaohengError, Kind, Place, refuse
from workflows.access.actors import Actor
from workflows.access.decide import allow_everywhere, allow_person, people
from workflows.goals.plans import how_many_goals, log_plan, newest_version
from workflows.goals.shape import EVEN, spread
from workflows.goals.store import insert_nodes, touch
from workflows.goals.tables import Goal, GoalNode, GoalPlan
from workflows.log.append import append
from workflows.log.leaf import Subject
from workflows.org.tables import Person, Unit

SPANS = ("year", "quarter")
TREATMENTS = ("pending", "average")
LONGEST, HIGHEST = 2000, Decimal(10) ** 13
_CODE = re.compile(r"[a-z][a-z0-9_]{0,39}")


@dataclass(frozen=True, slots=True)
class Fields:
    """What is typed of a goal; ``parent`` is the code of the goal that it serves."""

    title: str
    what: str = ""
    measure: str = ""
    quantity: Decimal | None = None
    unit: str = ""
    due_on: date | None = None
    parent: str = ""
    strategy: str = ""


def add_company_goal(
    session: Session,
    actor: Actor,
    now: datetime,
    plan: GoalPlan,
    *,
    code: str,
    fields: Fields,
    adds: bool = True,
    round_to: Decimal = Decimal(1),
    span: str = "year",
    if_missing: str = "pending",
) -> Goal:
    """Add a goal of the company to the plan's draft, with its amount of the year to share out.

    ``code`` is that of the policies' targets that it is to give. Raises ``KaohengError`` with
    everything that is wrong, and CONFLICT where the plan is not a draft or has the code.
    """
    allow_everywhere(actor, "plan_goals")
    faults = [*_faults(fields), *_company_faults(code, fields, round_to, span, if_missing)]
    if faults:
        raise KaohengError(faults)
    if session.scalar(select(Goal.id).where(Goal.plan_id == plan.id, Goal.code == code)):
        raise refuse(
            "goals.code_there",
            N_("The plan has a goal {code!r} already."),
            N_("Choose another code, or change that goal."),
            kind=Kind.CONFLICT,
            place=Place(path="code"),
            code=code,
        )
    version = newest_version(session, plan)
    touch(session, version)
    goal = _goal(session, plan, actor, now, fields, code=code)
    goal.adds, goal.round_to, goal.span, goal.if_missing = adds, round_to, span, if_missing
    goal.due_on = fields.due_on or date(plan.year, 12, 31)
    session.add(goal)
    session.flush()
    assert fields.quantity is not None
    _plant(session, version.id, goal, _top(session), fields.quantity)
    log_plan(session, "add_goal", actor, now, plan, goal=code, quantity=str(fields.quantity))
    return goal


def state_goal(
    session: Session, actor: Actor, now: datetime, plan: GoalPlan, person: Person, fields: Fields
) -> Goal:
    """State a goal of a person's own; what it does not say yet is shown, and may be filled in."""
    allow_person(session, actor, "state_goal", person.id)
    if faults := _faults(fields):
        raise KaohengError(faults)
    code = f"own_{how_many_goals(session, plan) + 1}"
    goal = _goal(session, plan, actor, now, fields, code=code)
    goal.person_id = person.id
    session.add(goal)
    session.flush()
    _log_own(session, "state_goal", actor, now, goal, person)
    return goal


def restate_goal(session: Session, actor: Actor, now: datetime, goal: Goal, fields: Fields) -> None:
    """Change the fields of a goal; the figures of a company goal are changed in its tree."""
    if goal.person is None:
        allow_everywhere(actor, "plan_goals")
    else:
        allow_person(session, actor, "state_goal", goal.person.id)
    if faults := _faults(fields):
        raise KaohengError(faults)
    _write(session, goal, fields, keeps_quantity=goal.person is None)
    goal.author_id, goal.stated_at = actor.account_id, now
    session.flush()
    if goal.person is None:
        log_plan(session, "restate_goal", actor, now, goal.plan, goal=goal.code)
    else:
        _log_own(session, "restate_goal", actor, now, goal, goal.person)


def find_own_goal(session: Session, actor: Actor, goal_id: int) -> Goal:
    """Return a person's own goal that the actor reaches; refuse with ``MISSING``."""
    found = session.scalar(
        select(Goal).join(Goal.person).where(Goal.id == goal_id, people(actor, "read_goals"))
    )
    if found is None:
        raise refuse(
            "goals.no_own_goal",
            N_("There is no such goal."),
            N_("It may not be yours to see."),
            kind=Kind.MISSING,
        )
    return found


def _goal(
    session: Session, plan: GoalPlan, actor: Actor, now: datetime, fields: Fields, *, code: str
) -> Goal:
    goal = Goal(
        plan_id=plan.id,
        plan=plan,
        code=code,
        adds=True,
        round_to=Decimal(1),
        span="year",
        if_missing="pending",
        author_id=actor.account_id,
        stated_at=now,
    )
    with session.no_autoflush:
        _write(session, goal, fields)
    return goal


def _write(session: Session, goal: Goal, fields: Fields, *, keeps_quantity: bool = False) -> None:
    goal.parent_id = _parent(session, goal, fields.parent)
    goal.title, goal.what = fields.title.strip(), fields.what.strip()
    goal.measure, goal.unit = fields.measure.strip(), fields.unit.strip()
    goal.strategy, goal.due_on = fields.strategy.strip(), fields.due_on
    if not keeps_quantity:
        goal.quantity = fields.quantity


def _parent(session: Session, goal: Goal, code: str) -> int | None:
    if not code.strip():
        return None
    parent = session.scalar(
        select(Goal).where(Goal.plan_id == goal.plan_id, Goal.code == code.strip())
    )
    above = parent
    while above is not None:
        if goal.id is not None and above.id == goal.id:
            raise refuse(
                "goals.parent_below",
                N_("{code!r} is below this goal itself."),
                N_("Choose a goal above it."),
                place=Place(path="parent"),
                code=code,
            )
        above = above.parent
    if parent is None or (parent.person_id is not None and parent.person_id != goal.person_id):
        raise refuse(
            "goals.no_parent",
            N_("The plan has no goal {code!r} to align to."),
            N_("Write the code of a company goal of the same year."),
            place=Place(path="parent"),
            code=code,
        )
    return parent.id


def _top(session: Session) -> Unit:
    tops = session.scalars(select(Unit).where(Unit.parent_id.is_(None))).all()
    if len(tops) != 1:
        raise refuse(
            "targets.no_top",
            N_("The organisation has {count} top units; a cascade starts from one."),
            N_("Import the organisation with one company above all regions."),
            count=len(tops),
        )
    return tops[0]


def _plant(session: Session, version_id: int, goal: Goal, top: Unit, amount: Decimal) -> None:
    months = spread(amount, EVEN, goal.round_to) if goal.adds else (amount,) * 12
    node = {
        "version_id": version_id,
        "goal_id": goal.id,
        "kind": top.kind,
        "unit_id": top.id,
        "amount": amount,
        "ratio": Decimal(1),
        "factors": [],
        "given": False,
        "locked": False,
        "months": [f"{month:f}" for month in months],
        "factor": Decimal(1),
        "round_to": goal.round_to,
        "reserve": Decimal(0),
    }
    insert_nodes(session, [node])


def _faults(fields: Fields) -> list[Fault]:
    faults = []
    if not fields.title.strip():
        faults.append(_fault("title", N_("A goal needs a title."), N_("Name it in a few words.")))
    if max(len(each) for each in (fields.title, fields.what, fields.strategy)) > LONGEST:
        faults.append(
            _fault("what", N_("The text is too long."), N_("Keep it under 2,000 characters."))
        )
    if fields.quantity is not None and not _fits(fields.quantity):
        faults.append(_amount_fault("quantity"))
    return faults


def _company_faults(
    code: str, fields: Fields, round_to: Decimal, span: str, if_missing: str
) -> list[Fault]:
    faults = []
    if not _CODE.fullmatch(code):
        faults.append(
            _fault(
                "code",
                N_("The code is missing or is none."),
                N_("Write it as the policies' targets have it: quota, new_customers."),
            )
        )
    if fields.quantity is None or fields.quantity < 0:
        faults.append(
            _fault(
                "quantity",
                N_("A company goal needs the amount of the year, not below zero."),
                N_("It is what is shared out; it can be changed while the plan is a draft."),
            )
        )
    if not Decimal("0.01") <= round_to <= Decimal(10) ** 8 or not _fits(round_to):
        faults.append(
            _fault(
                "round_to", N_("The rounding is none."), N_("1 is 元, 10000 is 万元, 0.01 a cent.")
            )
        )
    if span not in SPANS or if_missing not in TREATMENTS:
        faults.append(
            _fault("span", N_("The way of agreeing is unknown."), N_("Choose one of the list."))
        )
    return faults


def _fits(amount: Decimal) -> bool:
    return amount.is_finite() and amount == round(amount, 4) and abs(amount) < HIGHEST


def _amount_fault(path: str) -> Fault:
    return _fault(
        path,
        N_("The number has more than four decimals, or is beyond what can be kept."),
        N_("Write it with at most four decimals."),
    )


def _fault(path: str, message: str, remedy: str) -> Fault:
    return Fault(f"goals.{path}", message, remedy, place=Place(path=path))


def _log_own(
    session: Session, action: str, actor: Actor, now: datetime, goal: Goal, person: Person
) -> None:
    append(
        session,
        action=action,
        actor=actor,
        subject=Subject("person", person.public_id),
        at=now,
        details={"goal": goal.id, "year": goal.plan.year},
        personal={"title": goal.title, "what": goal.what},
    )


def root_of(session: Session, version_id: int, goal_id: int) -> GoalNode | None:
    """Return the top of a goal's tree in a version, if the version has the goal."""
    return session.scalar(
        select(GoalNode).where(
            GoalNode.version_id == version_id,
            GoalNode.goal_id == goal_id,
            GoalNode.parent_id.is_(None),
        )
    )
