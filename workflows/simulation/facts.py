"""The facts that a cycle is judged on under any policy: what was pinned, and the rest anew.

A locked cycle keeps its inputs. Another policy takes from them what means the same in both;
what it measures otherwise, or asks for in addition, is measured on the records as they are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Literal

import polars as pl
from sqlalchemy import select
from sqlalchemy.orm import Session, contains_eager

from engine import periods
from engine.canonical import canonical_text, digest
from engine.compile import compile_policy
from engine.facts import DECIMAL, SEGMENT, FactColumn, columns, target_fact
from engine.model import Bilingual, Policy
from engine.version import Version
from workflows.cycles.evaluation import FINAL
from workflows.cycles.facts import facts_for
from workflows.cycles.live import live_version
from workflows.cycles.operations import policy_of
from workflows.cycles.parts import parts_for
from workflows.cycles.population import Member, population
from workflows.cycles.tables import Cycle, Evaluation, Rerun
from workflows.org.tables import Person
from workflows.reviews.tables import Review
from workflows.rulebook.tables import PolicyRow, PolicyVersion
from workflows.targets.operations import targets_of_people, targets_to_be

Basis = Literal["virtual", "live", "trial", "final"]
_UNNAMED = Bilingual("", "")


@dataclass(frozen=True, slots=True)
class Judged:
    """A policy's version with the facts that it judges a cycle on.

    ``anew`` names the columns that the pinned inputs lack or had another meaning for;
    ``calibrated`` and ``uncalibrated`` count the grades of people that were taken over, and
    those that this policy has no such grade for.
    """

    version: Version
    facts: pl.DataFrame
    basis: Basis
    anew: tuple[str, ...] = ()
    calibrated: int = 0
    uncalibrated: int = 0


def virtual_cycle(session: Session, policy: Policy, period: periods.Period) -> Cycle:
    """Return a cycle of a period that nobody has opened one for; it is never stored.

    Its people and targets are those that opening it now would give.
    """
    policy_id = session.scalar(select(PolicyRow.id).where(PolicyRow.code == policy.policy))
    version = PolicyVersion(
        policy_id=policy_id, digest=digest(policy), canonical=canonical_text(policy)
    )
    return Cycle(
        code=f"{policy.policy}@{period.label}",
        policy_version=version,
        period=period.label,
        starts_on=period.start,
        ends_on=period.end,
        state="open",
        version=0,
    )


def judged(session: Session, cycle: Cycle, policy: Policy) -> Judged:
    """Return what ``cycle`` is judged on under ``policy``; ``KaohengError`` for what is missing."""
    found = _pinned(session, cycle, policy) or _live(session, cycle, policy)
    grades, known = calibrated_grades(session, cycle), {grade.code for grade in policy.grades}
    taken = {person: grade for person, grade in grades.items() if grade in known}
    facts = found.facts
    if any(column.name == "calibrated_grade" for column in columns(found.version)):
        own = [taken.get(person) for person in facts["person"]]
        facts = facts.with_columns(pl.Series("calibrated_grade", own, dtype=pl.String))
    return replace(found, facts=facts, calibrated=len(taken), uncalibrated=len(grades) - len(taken))


def calibrated_grades(session: Session, cycle: Cycle) -> dict[str, str]:
    """Return the grades that a calibration gave in the cycle, by person's code."""
    rows = session.execute(
        select(Person.code, Review.calibrated_grade)
        .join(Review, Review.person_id == Person.id)
        .where(Review.cycle_id == cycle.id, Review.calibrated_grade.is_not(None))
    )
    return {code: grade for code, grade in rows if grade is not None}


def _live(session: Session, cycle: Cycle, policy: Policy) -> Judged:
    facts = _measured(session, cycle, policy)
    basis: Basis = "virtual" if cycle.id is None else "live"
    return Judged(live_version(compile_policy(policy), facts), facts, basis)


def _pinned(session: Session, cycle: Cycle, policy: Policy) -> Judged | None:
    """Judge on the inputs that the cycle keeps; None before it is locked."""
    kept = _kept_inputs(session, cycle)
    if kept is None:
        return None
    inputs, basis = kept
    version, pinned = compile_policy(policy), policy_of(cycle)
    if pinned.presence.segments != policy.presence.segments:
        fresh = _measured(session, cycle, policy)
        return Judged(live_version(version, fresh), fresh, basis, tuple(fresh.columns[1:]))
    before, after = meanings(pinned, cycle.period), meanings(policy, cycle.period)
    wants = columns(version)
    lacking = [
        column.name
        for column in wants
        if column.name in after and before.get(column.name) != after[column.name]
    ]
    facts = pinned_frame(inputs, [column for column in wants if column.name not in lacking])
    if not lacking:
        return Judged(live_version(version, facts), facts, basis)
    keys = [name for name in ("person", SEGMENT.name) if name in facts.columns]
    fresh = _measured(session, cycle, policy).select(*keys, *lacking)
    facts = facts.join(fresh, on=keys, how="left", maintain_order="left")
    return Judged(live_version(version, facts), facts, basis, tuple(lacking))


def pinned_frame(inputs: bytes, wants: Sequence[FactColumn]) -> pl.DataFrame:
    """Read canonical lines into columns, exactly: as ``canonical.frame``, for a whole company."""
    texts = pl.read_ndjson(inputs, schema=dict.fromkeys((each.name for each in wants), pl.String))
    numbers = [each.name for each in wants if each.type == "number"]
    return texts.with_columns(pl.col(numbers).cast(DECIMAL))


def meanings(policy: Policy, period: str) -> dict[str, object]:
    """Say what each column of facts means, whatever its title; what is equal is one figure."""
    found: dict[str, object] = {"days_in_post": (), "days_in_period": (), "date": ()}
    for measure in policy.measures:
        found[measure.code] = replace(measure, name=_UNNAMED, digits=0)
    for target in policy.targets:
        figure = dict(target.company).get(period)
        found[target_fact(target)] = (replace(target, name=_UNNAMED, company=()), figure)
    for each in policy.inputs:
        found[each.code] = (each.unit, each.paid)
    for kpi in policy.kpis:
        found |= {f"{kpi.code}.{rater}": () for rater, _ in kpi.raters}
        if kpi.weight_band is not None:
            found[f"{kpi.code}.weight"] = ()
    return found


def _kept_inputs(session: Session, cycle: Cycle) -> tuple[bytes, Basis] | None:
    """Return the newest inputs of the cycle: of its last rerun, its approval, or its lock."""
    rerun = session.scalar(
        select(Rerun.inputs).where(Rerun.cycle_id == cycle.id).order_by(Rerun.seq.desc()).limit(1)
    )
    if rerun is not None:
        return rerun, "final"
    kept = session.execute(
        select(Evaluation.inputs, Evaluation.stage)
        .where(Evaluation.cycle_id == cycle.id)
        .order_by(Evaluation.id.desc())
        .limit(1)
    ).first()
    return None if kept is None else (kept[0], "final" if kept[1] == FINAL else "trial")


def _measured(session: Session, cycle: Cycle, policy: Policy) -> pl.DataFrame:
    """Measure everything anew: of the cycle's people, or of those whom opening it would give."""
    if cycle.id is None:
        members = population(session, policy, periods.parse(cycle.period))
        targets = targets_to_be(session, cycle, policy, members)
        people = [(member.person, member.team) for member in members]
    else:
        reviews = session.scalars(
            select(Review)
            .join(Review.person)
            .options(contains_eager(Review.person))
            .where(Review.cycle_id == cycle.id)
            .order_by(Person.code)
        ).all()
        people = [(review.person, review.team) for review in reviews]
        targets = _targets(session, cycle, policy, reviews)
    parts = parts_for(session, cycle, policy, people, targets)
    return facts_for(session, cycle, policy, parts).frame


def _targets(
    session: Session, cycle: Cycle, policy: Policy, reviews: Sequence[Review]
) -> dict[int, dict[str, Decimal]]:
    """Return the targets as they were shared out; those of other rules as they would be now."""
    before = meanings(policy_of(cycle), cycle.period)
    after = meanings(policy, cycle.period)
    other = tuple(
        rule for rule in policy.targets if before.get(target_fact(rule)) != after[target_fact(rule)]
    )
    targets = targets_of_people(session, cycle)
    if other:
        members = [Member(each.person, each.team) for each in reviews if each.team]
        anew = targets_to_be(session, cycle, replace(policy, targets=other), members)
        targets |= {person: targets.get(person, {}) | own for person, own in anew.items()}
    return targets
