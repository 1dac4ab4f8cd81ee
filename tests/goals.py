"""A goal plan over the small company, for tests of pages: a draft, proposed to everybody."""

from __future__ import annotations

from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.orm import Session

from tests.organisation import NOW
from workflows.access.actors import Actor, RoleHeld
from workflows.access.policy import Role
from workflows.accounts.tables import Account
from workflows.goals.cutting import Part, Way, split_nodes
from workflows.goals.offers import propose_goals
from workflows.goals.plans import find_goal, new_plan, newest_version
from workflows.goals.stating import Fields, add_company_goal, state_goal
from workflows.goals.store import Tree, load_tree
from workflows.goals.tables import GoalOffer, GoalPlan
from workflows.org.tables import Person

YEAR, CODE = 2026, "revenue_target"


def add_goal_plan(session: Session) -> None:
    """Add the plan of 2026 with one goal, shared out to people and their lines."""
    account = session.scalars(sa.select(Account).where(Account.username == "hr")).one()
    hr = Actor("account-hr", (RoleHeld(Role.HR),), account_id=account.id)
    plan = new_plan(session, hr, NOW, year=YEAR, name="")
    fields = Fields(
        "年度销售额", "扩大销售", "销售额", Decimal(7_000_000), "CNY", strategy="三年翻番"
    )
    add_company_goal(session, hr, NOW, plan, code=CODE, fields=fields)
    lines = (Part("软件", Decimal(2), "主推"), Part("服务"))
    for kind, way in (
        ("company", Way("org", "headcount", Decimal("1.05"), reserve=Decimal(350_000))),
        ("region", Way("org", "headcount")),
        ("team", Way("org")),
        ("person", Way("line", "ratio", parts=lines)),
    ):
        tree = _tree(session, hr, plan)
        keys = [node.key for node in tree.root.walk() if node.kind == kind]
        split_nodes(session, hr, NOW, tree, keys, way, today=NOW.date())
    people = session.scalars(sa.select(Person).where(Person.code.like("S%"))).all()
    propose_goals(session, hr, NOW, _tree(session, hr, plan), people)
    state_goal(session, hr, NOW, plan, people[0], Fields("增加季度销售额"))
    for offer in session.scalars(sa.select(GoalOffer)):
        offer.public_id = f"offer-{offer.person.code}"


def _tree(session: Session, hr: Actor, plan: GoalPlan) -> Tree:
    return load_tree(session, newest_version(session, plan), find_goal(session, plan, CODE))
