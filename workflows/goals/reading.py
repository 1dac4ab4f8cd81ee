"""What people may read of goals: HR the whole trees, others their people's and what is above."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from engine.plain import plain_number
from workflows.access.actors import Actor
from workflows.access.decide import allow, may, may_everywhere, people
from workflows.goals.offered import WITH_NEXT, Amounts, amounts_now, read
from workflows.goals.plans import goals_in, versions_of
from workflows.goals.shape import quarters_of
from workflows.goals.smart import missing
from workflows.goals.store import Tree, load_trees
from workflows.goals.tables import Goal, GoalNode, GoalOffer, GoalPlan, GoalStep, GoalVersion
from workflows.goals.targets import own_nodes
from workflows.goals.tree import Node
from workflows.org.leading import managers_of
from workflows.org.tables import Person

Rows = list[dict[str, object]]


@dataclass(frozen=True, slots=True)
class Line:
    """A node as it is shown: how deep it is, and the row behind it."""

    node: Node
    row: GoalNode
    depth: int


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a person is with a goal: what they have of it now, and how far it is agreed.

    ``offer`` None: it is not proposed yet. ``stale``: the figures have changed since.
    """

    person: Person
    tree: Tree
    amounts: Amounts
    offer: GoalOffer | None
    stale: bool


def lines_of(tree: Tree, seen: set[int] | None = None) -> list[Line]:
    """Return a tree from the top, a line a node; of the keys ``seen`` only, where given."""
    found: list[Line] = []

    def add(node: Node, depth: int) -> None:
        if seen is None or node.key in seen:
            found.append(Line(node, tree.rows[node.key], depth))
            for child in node.children:
                add(child, depth + 1)

    add(tree.root, 0)
    return found


def visible_keys(session: Session, actor: Actor, tree: Tree) -> set[int] | None:
    """Return the nodes that an actor may see: those of their people, and what is above them.

    None: all of them.
    """
    allow(actor, "read_goals")
    if may_everywhere(actor, "read_goals"):
        return None
    reached = set(session.scalars(select(Person.id).where(people(actor, "read_goals"))))
    found: set[int] = set()
    for key, row in tree.rows.items():
        if row.person_id in reached:
            above: int | None = key
            while above is not None:
                found.add(above)
                above = tree.rows[above].parent_id
    return found


def standings(
    session: Session, actor: Actor, version: GoalVersion, operation: str = "read_goals"
) -> list[Standing]:
    """Return the people whom an actor reaches with each of their goals, by code."""
    allow(actor, operation)
    reached = session.scalars(
        select(Person).where(people(actor, operation)).order_by(Person.code)
    ).all()
    offers = {
        (each.goal_id, each.person_id): each
        for each in session.scalars(
            select(GoalOffer)
            .where(GoalOffer.version_id == version.id)
            .options(joinedload(GoalOffer.goal))
        )
    }
    found = []
    trees = load_trees(session, version)
    for person in reached:
        for tree in trees:
            amounts = amounts_now(tree, person.id)
            if amounts is not None:
                offer = offers.get((tree.goal.id, person.id))
                stale = offer is not None and read(offer.amounts) != amounts
                found.append(Standing(person, tree, amounts, offer, stale))
    return found


def to_decide(session: Session, actor: Actor, offers: Collection[GoalOffer], on: date) -> set[int]:
    """Return those of the offers that the actor approves, as the level above who settled them."""
    if not may(actor, "agree_goals"):
        return set()
    own = actor.own_person_id or actor.person_id
    waiting = [
        offer
        for offer in offers
        if offer.state in WITH_NEXT
        and (offer.settler_id is None or offer.settler_id != actor.account_id)
    ]
    managers = managers_of(session, {offer.person_id for offer in waiting}, on)
    leaders = {person: manager.id for person, manager in managers.items()}
    return {
        offer.id
        for offer in waiting
        if own is None or own not in (offer.person_id, leaders.get(offer.person_id))
    }


def countered_because(session: Session, offers: Collection[GoalOffer]) -> dict[int, str]:
    """Return, by offer, why it was countered last or sent back."""
    steps = session.execute(
        select(GoalStep.offer_id, GoalStep.reason)
        .where(
            GoalStep.offer_id.in_([offer.id for offer in offers]),
            GoalStep.deed.in_(("counter", "send_back")),
        )
        .order_by(GoalStep.id)
    )
    return {offer: reason for offer, reason in steps if reason}


def own_lines(tree: Tree, person_id: int) -> list[Line]:
    """Return what a person has of a goal, with its lines."""
    found: list[Line] = []
    for top in own_nodes(tree, person_id):
        found.append(Line(top, tree.rows[top.key], 0))
        found += [Line(each, tree.rows[each.key], 1) for each in top.walk() if each is not top]
    return found


def steps_of(session: Session, plan: GoalPlan, goal_id: int, person_id: int) -> list[GoalStep]:
    """Return everything that was done to agree a goal with a person, over all versions."""
    return list(
        session.scalars(
            select(GoalStep)
            .join(GoalOffer, GoalOffer.id == GoalStep.offer_id)
            .join(GoalVersion, GoalVersion.id == GoalOffer.version_id)
            .where(
                GoalVersion.plan_id == plan.id,
                GoalOffer.goal_id == goal_id,
                GoalOffer.person_id == person_id,
            )
            .order_by(GoalStep.id)
            .options(joinedload(GoalStep.actor))
        )
    )


def own_goals(session: Session, actor: Actor, plan: GoalPlan, person_id: int) -> list[Goal]:
    """Return a person's own goals that the actor may read."""
    allow(actor, "read_goals")
    return list(
        session.scalars(
            select(Goal)
            .join(Goal.person)
            .where(
                Goal.plan_id == plan.id,
                Goal.person_id == person_id,
                people(actor, "read_goals"),
            )
            .order_by(Goal.id)
        )
    )


def goal_rows(session: Session, actor: Actor, tree: Tree) -> Rows:
    """Return a goal's tree as rows to print, from the top."""
    seen = visible_keys(session, actor, tree)
    return [
        {
            "id": line.node.key,
            "level": line.node.kind,
            "owner": code_of(line.row),
            "name": line.node.name,
            "amount": line.node.amount,
            **{f"q{n}": each for n, each in enumerate(quarters_of(line.node.months), 1)},
            "ratio": line.node.ratio,
            "reason": line.row.reason,
            "given": line.node.given,
            "locked": line.node.locked,
            "factor": line.node.split.factor if line.node.split else None,
            "reserve": line.node.split.reserve if line.node.split else None,
        }
        for line in lines_of(tree, seen)
    ]


def plan_rows(session: Session, actor: Actor, plan: GoalPlan, version: GoalVersion) -> Rows:
    """Return the company goals of a plan with what each does not say yet."""
    allow(actor, "read_goals")
    trees = {tree.goal.id: tree for tree in load_trees(session, version)}
    return [
        {
            "goal": goal.code,
            "title": goal.title,
            "amount": trees[goal.id].root.amount if goal.id in trees else None,
            "unit": goal.unit,
            "due_on": goal.due_on,
            "parent": goal.parent.code if goal.parent else None,
            "missing": ", ".join(missing(goal)),
            "nodes": len(trees[goal.id].rows) if goal.id in trees else 0,
        }
        for goal in goals_in(session, plan)
    ]


def history_rows(session: Session, actor: Actor, plan: GoalPlan) -> Rows:
    """Return the plan's versions with the company's amounts, the newest first."""
    allow(actor, "read_goals")
    goals = goals_in(session, plan)
    found: Rows = []
    for version in versions_of(session, plan):
        roots = {
            row.goal_id: row.amount
            for row in session.scalars(
                select(GoalNode).where(
                    GoalNode.version_id == version.id, GoalNode.parent_id.is_(None)
                )
            )
        }
        amounts = {goal.code: roots[goal.id] for goal in goals if goal.id in roots}
        found.append(
            {
                "version": version.seq,
                "state": version.state,
                "reason": version.reason or None,
                "begun": version.created_at,
                "approved": version.approved_at,
                "amounts": ", ".join(
                    f"{code} {plain_number(amount)}" for code, amount in amounts.items()
                ),
            }
        )
    return found


def standing_rows(session: Session, actor: Actor, version: GoalVersion) -> Rows:
    """Return where everybody whom the actor reaches is with their goals."""
    return [
        {
            "person": each.person.code,
            "goal": each.tree.goal.code,
            "amounts": ", ".join(plain_number(amount) for amount in each.amounts),
            "state": "none" if each.offer is None else "stale" if each.stale else each.offer.state,
            "countered": ", ".join(each.offer.countered)
            if each.offer and each.offer.countered
            else None,
            "id": each.offer.public_id if each.offer else None,
        }
        for each in standings(session, actor, version)
    ]


def code_of(row: GoalNode) -> str:
    """Return how a node is addressed: its owner's code, and its line after a slash."""
    code = row.person.code if row.person else row.unit.code if row.unit else ""
    return f"{code}/{row.label}" if row.label else code
