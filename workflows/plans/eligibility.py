"""Who may be considered for the next step of a career 专员 → 经理 → 总监: a list by rule."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from engine.canonical import from_canonical
from engine.following import Held, eligible
from engine.model import CareerPath, Policy
from workflows.access.actors import Actor
from workflows.access.decide import allow, people
from workflows.org.tables import Person
from workflows.plans.past import Result, past_row, results_of
from workflows.rulebook.operations import version_in_force
from workflows.rulebook.tables import PolicyRow, PolicyVersion


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody on the rank or post that a path begins from.

    ``held`` is there for those whom the rule finds eligible; ``results`` are the past cycles
    that it looked at, the latest first.
    """

    person: Person
    held: Held | None
    results: tuple[Result, ...]


@dataclass(frozen=True, slots=True)
class PathList:
    """A path of a policy in force with its candidates: the eligible first, then by code."""

    policy: Policy
    path: CareerPath
    candidates: tuple[Candidate, ...]


def eligibility(session: Session, actor: Actor, today: date) -> list[PathList]:
    """Return the paths of every policy in force with those whom the actor reaches.

    A rule finds people eligible; it promotes nobody.
    """
    allow(actor, "read_eligibility")
    found = []
    for version in _versions(session, today):
        policy = from_canonical(version.canonical)
        for path in policy.paths:
            there = _people_on(session, actor, path)
            past = results_of(session, version.policy_id, [person.id for person in there])
            found.append(PathList(policy, path, _candidates(policy, path, there, past)))
    return found


def eligibility_rows(session: Session, actor: Actor, today: date) -> list[dict[str, Any]]:
    """Return the candidates as plain rows."""
    return [
        {
            "policy": each.policy.policy,
            "path": each.path.code,
            "from": each.path.start,
            "to": each.path.to,
            "person": candidate.person.code,
            "eligible": candidate.held is not None,
            "cycles": len(candidate.results),
            "totals": ", ".join(f"{result.total.normalize():f}" for result in candidate.results),
        }
        for each in eligibility(session, actor, today)
        for candidate in each.candidates
    ]


def _versions(session: Session, today: date) -> list[PolicyVersion]:
    codes = session.scalars(select(PolicyRow.code).order_by(PolicyRow.code))
    found = (version_in_force(session, code, today) for code in codes.all())
    return [version for version in found if version is not None]


def _people_on(session: Session, actor: Actor, path: CareerPath) -> Sequence[Person]:
    return session.scalars(
        select(Person)
        .where(
            or_(Person.rank == path.start, Person.post == path.start),
            people(actor, "read_eligibility"),
        )
        .order_by(Person.code)
    ).all()


def _candidates(
    policy: Policy,
    path: CareerPath,
    there: Sequence[Person],
    past: Mapping[int, tuple[Result, ...]],
) -> tuple[Candidate, ...]:
    if not there:
        return ()
    looked_at = {person.id: past.get(person.id, ())[: path.cycles] for person in there}
    rows = [past_row(person.code, looked_at[person.id]) for person in there]
    held = {each.person: each for each in eligible(policy, path, rows)}
    found = [Candidate(each, held.get(each.code), looked_at[each.id]) for each in there]
    return tuple(sorted(found, key=lambda each: (each.held is None, each.person.code)))
