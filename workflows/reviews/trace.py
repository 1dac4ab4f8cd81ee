"""How a review's numbers came about: from the grants through rules and points to the records."""

from __future__ import annotations

from dataclasses import dataclass

from engine.grants import Grant
from engine.model import Bilingual, Measure, Policy
from engine.telling.describe import Wording
from engine.telling.explain import Check, Decision, Explanation, Source, Step, explain
from workflows.cycles.scored import Scored

__all__ = ["Check", "Decision", "Entry", "Part", "Trace", "titles_of", "trace_of", "units_of"]


@dataclass(frozen=True, slots=True)
class Entry:
    """A grant and the name of the value or rule that it came from."""

    grant: Grant
    origin: str


@dataclass(frozen=True, slots=True)
class Part:
    """What belongs together: a KPI with its measures, the result, the incentives."""

    code: str
    title: Bilingual | None
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Trace:
    """An explanation in the order in which somebody asks: what I got, why, from what."""

    stage: str
    grants: tuple[Entry, ...]
    decisions: tuple[Decision, ...]
    parts: tuple[Part, ...]
    sources: tuple[Source, ...]
    titles: dict[str, Bilingual]
    units: dict[str, str]
    measures: dict[str, Measure]


# What follows comes before what it follows from.
OF_KPI = ("points", "base_points", "difficulty", "attainment", "actual", "target")
OF_RESULT = (
    "coefficient",
    "final_grade",
    "grade",
    "grade.before_veto",
    "total",
    "total.before_veto",
    "state",
    "days_of_person",
)


def trace_of(scope: Scored, person: str, wording: Wording) -> Trace:
    """Explain everything about the person with this code, in the reader's words."""
    policy = scope.version.policy
    explanation = explain(scope.version, scope.result, person, wording)
    return Trace(
        scope.stage,
        tuple(Entry(grant, _origin(policy, grant)) for grant in explanation.grants),
        explanation.decisions,
        tuple(_parts(policy, explanation)),
        explanation.sources,
        titles_of(scope),
        units_of(scope),
        {measure.code: measure for measure in policy.measures if not measure.is_made_of_others},
    )


def titles_of(scope: Scored) -> dict[str, Bilingual]:
    """Return what every named value is called."""
    facts = {fact.name: fact.title for fact in scope.version.facts}
    return facts | {name: each.title for name, each in scope.definitions.items()}


def units_of(scope: Scored) -> dict[str, str]:
    """Return the unit of every named value."""
    facts = {fact.name: fact.unit for fact in scope.version.facts}
    return facts | {name: each.unit for name, each in scope.definitions.items()}


def _origin(policy: Policy, grant: Grant) -> str:
    if any(rule.code == grant.rule for rule in policy.rules):
        return f"rule.{grant.rule}"
    if any(pool.code == grant.rule for pool in policy.pools):
        return f"pool.{grant.rule}.share"
    return grant.rule


def _parts(policy: Policy, explanation: Explanation) -> list[Part]:
    """Group the steps: what follows from the results first, then the KPIs one by one."""
    left = {step.name: step for step in explanation.steps}

    def take(*names: str) -> tuple[Step, ...]:
        return tuple(left.pop(name) for name in names if name in left)

    def below(*prefixes: str) -> list[str]:
        return [name for name in left if name.startswith(prefixes)]

    kpis = [
        Part(
            f"kpi.{kpi.code}",
            kpi.name,
            take(*(f"{kpi.code}.{part}" for part in OF_KPI), *below(f"{kpi.code}.")),
        )
        for kpi in policy.kpis
    ]
    result = Part("result", None, take(*OF_RESULT, *below("veto.", "dimension.")))
    targets = Part("targets", None, take(*(target.code for target in policy.targets)))
    made = (measure.code for measure in policy.measures if measure.is_made_of_others)
    ratios = Part("measures", None, take(*made))
    constants = Part("constants", None, take(*(constant.code for constant in policy.constants)))
    team = Part("team", None, take(*below("team.")))
    incentives = Part("incentives", None, tuple(left.values()))
    parts = [incentives, result, *kpis, targets, ratios, team, constants]
    return [part for part in parts if part.steps]
