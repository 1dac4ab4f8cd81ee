"""Whether the market counts twice: once in a lower target, and again as difficulty on the KPI."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.canonical import from_canonical
from engine.errors import N_, Fault, Place
from workflows.goals.store import Tree
from workflows.rulebook.tables import PolicyVersion


def counted_twice(session: Session, trees: list[Tree]) -> list[Fault]:
    """Return a warning for each policy KPI with market difficulty whose target the plan has already
    moved with the market.
    """
    moved = {tree.goal.code: tree.goal.title for tree in trees if _follows_the_market(tree)}
    if not moved:
        return []
    return [
        Fault(
            "goals.market_twice",
            N_(
                "The market counts twice in {policy}: the plan lowers or raises {goal} with it, "
                "and KPI {kpi} has market difficulty as well."
            ),
            N_("Keep one: share out without the market, or take the difficulty off the KPI."),
            {"policy": code, "goal": moved[target], "kpi": kpi},
            Place(path=code),
        )
        for code, target, kpi in _difficult(session)
        if target in moved
    ]


def _follows_the_market(tree: Tree) -> bool:
    return any(
        each["factor"] == "market" and each["value"] != "1"
        for row in tree.rows.values()
        for each in row.factors
    )


def _difficult(session: Session) -> list[tuple[str, str, str]]:
    """Return policy, target and KPI wherever the newest published version has difficulty on one."""
    found, seen = [], set()
    versions = session.scalars(
        select(PolicyVersion)
        .where(PolicyVersion.published_at.is_not(None))
        .order_by(PolicyVersion.id.desc())
    )
    for version in versions:
        policy = from_canonical(version.canonical)
        if policy.policy in seen:
            continue
        seen.add(policy.policy)
        found += [
            (policy.policy, str(kpi.target), kpi.code)
            for kpi in policy.kpis
            if kpi.difficulty is not None
        ]
    return found
