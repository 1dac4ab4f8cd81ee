"""What a review's figures say: which KPIs are low, against their target and against the others."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import polars as pl
from sqlalchemy.orm import Session

from engine.following import Held, suggestions_of
from engine.measures import rounded_ratio
from engine.model import Bilingual, PlanRule
from workflows.cycles.facts import facts_of
from workflows.cycles.pace import expected, share_gone
from workflows.cycles.scored import LIVE, Scored, scored
from workflows.reviews.figures import KpiRow, figures_of
from workflows.reviews.tables import Review

# Fewer colleagues are no measure.
LEAST_PEERS = 3


@dataclass(frozen=True, slots=True)
class Finding:
    """A KPI as the diagnosis sees it; ``aim`` is what counts as reached by now, a share.

    What has no target is read by its points, of which 100 are all.

    ``peers`` is the mean attainment of the others in the team (of everybody, in a small team).
    """

    code: str
    name: Bilingual
    attainment: Decimal
    aim: Decimal
    peers: Decimal | None

    @property
    def below_target(self) -> bool:
        return self.attainment < self.aim

    @property
    def below_peers(self) -> bool:
        return self.peers is not None and self.attainment < self.peers

    def plain(self) -> dict[str, Any]:
        """Return it as it is kept with a plan: decimals as text."""
        return {
            "kpi": self.code,
            "name": {"zh": self.name.zh, "en": self.name.en},
            "attainment": f"{self.attainment:f}",
            "aim": f"{self.aim:f}",
            "peers": None if self.peers is None else f"{self.peers:f}",
        }


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A rule of the policy whose condition holds, with the figures that it names."""

    rule: PlanRule
    held: Held


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """The KPIs with an attainment, the lowest first; those that are low; what is suggested."""

    findings: tuple[Finding, ...]
    suggestions: tuple[Suggestion, ...]

    @property
    def low(self) -> tuple[Finding, ...]:
        return tuple(each for each in self.findings if each.below_target or each.below_peers)

    @property
    def strong(self) -> tuple[Finding, ...]:
        return tuple(
            each for each in self.findings if not each.below_target and not each.below_peers
        )


def diagnosis_of(session: Session, review: Review, today: date) -> Diagnosis:
    """Return what the figures of a review say, as they stand or as they were locked.

    While the period runs, what counts as reached is the share of it that is gone.
    """
    scope = scored(session, review.cycle)
    gone = share_gone(review.cycle, today) if scope.stage == LIVE else Decimal(1)
    figures = figures_of(scope, review.person.code)
    findings = [
        _finding(scope, review.person.code, kpi, gone)
        for kpi in figures.kpis
        if _reached(scope, scope.rows[review.person.code], kpi.code) is not None
    ]
    ordered = sorted(findings, key=lambda each: each.attainment - each.aim)
    return Diagnosis(tuple(ordered), tuple(_suggested(session, review, scope, gone)))


def _finding(scope: Scored, person: str, row: KpiRow, gone: Decimal) -> Finding:
    policy = scope.version.policy
    kpi = next(each for each in policy.kpis if each.code == row.code)
    own = _reached(scope, scope.rows[person], row.code) or Decimal(0)
    return Finding(
        row.code, row.name, own, expected(policy, kpi, gone), _peers(scope, person, row.code)
    )


def _reached(scope: Scored, row: dict[str, Any], code: str) -> Decimal | None:
    """Return the attainment of a KPI, or its points as a share of 100."""
    name = f"{code}.attainment"
    if name in scope.definitions:
        value: Decimal | None = row.get(name)
        return value
    points: Decimal | None = row.get(f"{code}.points")
    return None if points is None else points.scaleb(-2)


def _peers(scope: Scored, person: str, code: str) -> Decimal | None:
    team = scope.rows[person].get("team")
    others = [row for row in scope.rows.values() if row["person"] != person]
    same = [row for row in others if row.get("team") == team]
    for group in (same, others):
        found = (_reached(scope, row, code) for row in group)
        known = [value for value in found if value is not None]
        if len(known) >= LEAST_PEERS:
            places = scope.version.policy.rounding.attainment
            return rounded_ratio(sum(known, Decimal(0)), Decimal(len(known)), places)
    return None


def _suggested(session: Session, review: Review, scope: Scored, gone: Decimal) -> list[Suggestion]:
    policy = scope.version.policy
    if not policy.plans:
        return []
    facts = _facts(session, review, scope)
    held = suggestions_of(policy, facts, gone)
    rules = {rule.code: rule for rule in policy.plans}
    mine = (each for each in held if each.person == review.person.code)
    return [Suggestion(rules[each.code], each) for each in mine]


def _facts(session: Session, review: Review, scope: Scored) -> pl.DataFrame:
    """Return the facts that the figures came from: as they were locked, or as they are."""
    if scope.stage == LIVE:
        return facts_of(session, review.cycle, scope.version.policy).frame
    names = [column.name for column in scope.version.facts]
    return scope.result.rows.select(name for name in names if name in scope.result.rows.columns)
