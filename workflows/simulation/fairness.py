"""Signs of unfairness in a cycle, on the facts and the calibrated grades that it has."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.evaluate import evaluate
from engine.fairness.groups import of_managers, of_teams
from engine.fairness.kpis import of_kpis
from engine.fairness.signs import Sign
from workflows.access.actors import Actor
from workflows.access.decide import allow_everywhere
from workflows.cycles.operations import policy_of
from workflows.cycles.tables import Cycle
from workflows.org.tables import Membership, Person, Unit
from workflows.simulation.facts import judged


@dataclass(frozen=True, slots=True)
class Fairness:
    """The signs, those that chance may have made last; names of the teams and who leads them."""

    signs: tuple[Sign, ...]
    people: int
    basis: str
    teams: Mapping[str, str]
    managers: Mapping[str, str]


def fairness_of(session: Session, actor: Actor, cycle: Cycle) -> Fairness:
    """Return what in a cycle looks unfair, with its numbers; nothing is kept."""
    allow_everywhere(actor, "list_fairness")
    policy = policy_of(cycle)
    found = judged(session, cycle, policy)
    version = found.version
    defined = {each.name for each in version.definitions}
    points = {f"{kpi.code}.{part}" for kpi in policy.kpis for part in ("points", "attainment")}
    wanted = ({"total", "grade", "final_grade"} | points) & defined
    results = evaluate(version, found.facts, only=["team", *sorted(wanted)]).frame
    groups: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in results.iter_rows(named=True):
        if row["team"] is not None:
            groups[row["team"]].append(row)
    signs = list(of_kpis(version, found.facts, results))
    if "final_grade" in defined:
        signs += [*of_teams(policy, groups), *of_managers(policy, groups)]
    return Fairness(
        tuple(sorted(signs, key=lambda sign: sign.noise)),
        results.height,
        found.basis,
        _teams(session),
        _managers(session, cycle.starts_on),
    )


def fairness_rows(session: Session, actor: Actor, cycle: Cycle) -> list[dict[str, Any]]:
    """Return the signs as plain rows."""
    return [
        {
            "kind": sign.kind,
            "of": sign.code,
            "noise": sign.noise,
            "message": sign.message,
            "numbers": {
                name: value if isinstance(value, int) else str(value)
                for name, value in sign.numbers.items()
            },
        }
        for sign in fairness_of(session, actor, cycle).signs
    ]


def _teams(session: Session) -> dict[str, str]:
    return {row.code: row.name for row in session.execute(select(Unit.code, Unit.name))}


def _managers(session: Session, on: date) -> dict[str, str]:
    rows = session.execute(
        select(Unit.code, Person.name)
        .join(Membership, Membership.unit_id == Unit.id)
        .join(Person, Person.id == Membership.person_id)
        .where(
            Membership.role == "manager",
            Membership.valid_from <= on,
            Membership.valid_to.is_(None) | (Membership.valid_to > on),
        )
    )
    return {row.code: row.name for row in rows}
