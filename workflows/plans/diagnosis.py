"""What a review's figures say: which KPIs are low, against their target and against the others."""

from __future__ import annotations

from collections.abc import Sequence
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
from workflows.cycles.pace import share_gone
from workflows.cycles.scored import LIVE, Scored, scored
from workflows.reviews.figures import KpiRow, figures_of
from workflows.reviews.tables import Review

# Fewer colleagues are no measure.
LEAST_PEERS = 3


@dataclass(frozen=True, slots=True)
class Finding:
    """A KPI as the diagnosis sees it; ``aim`` is what counts as reached by now, a share.

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
        if kpi.attainment is not None and kpi.attainment.value is not None
    ]
    ordered = sorted(findings, key=lambda each: each.attainment - each.aim)
    return Diagnosis(tuple(ordered), tuple(_suggested(session, review, scope, gone)))


def _finding(scope: Scored, person: str, kpi: KpiRow, gone: Decimal) -> Finding:
    assert kpi.attainment is not None, "only KPIs with an attainment are looked at"
    own = kpi.attainment.value or Decimal(0)
    aim = gone if kpi.better == "higher" else Decimal(1)
    places = scope.version.policy.rounding.attainment
    return Finding(kpi.code, kpi.name, own, aim, _peers(scope, person, kpi.code, places))


def _peers(scope: Scored, person: str, code: str, places: int) -> Decimal | None:
    name = f"{code}.attainment"
    team = scope.rows[person].get("team")
    others = [row for row in scope.rows.values() if row["person"] != person]
    same = [row for row in others if row.get("team") == team]
    known = _known(same, name)
    if len(known) < LEAST_PEERS:
        known = _known(others, name)
    if len(known) < LEAST_PEERS:
        return None
    return rounded_ratio(sum(known, Decimal(0)), Decimal(len(known)), places)


def _known(rows: Sequence[dict[str, Any]], name: str) -> list[Decimal]:
    return [row[name] for row in rows if row.get(name) is not None]


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
