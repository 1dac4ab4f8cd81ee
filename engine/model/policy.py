"""A whole policy: whose it is, its sections, its workflow."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from engine.model.evaluating import Rating, SelfReport
from engine.model.figures import Constant, Input, Measure, Target
from engine.model.pay import Guardrails, Pool, Rule, Step
from engine.model.scoring import Dimension, Grade, Kpi, Presence, Rounding, Total, Veto
from engine.model.words import Bilingual


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose reviews: people of this role, and of these posts, ranks 职级 and regions if named."""

    role: str
    posts: tuple[str, ...] = ()
    ranks: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()


Figure = Measure | Target | Input | Constant | Step


@dataclass(frozen=True, slots=True)
class Transition:
    """A move from stage to stage: made by those in ``by``, or with the whole ``cycle``.

    ``requires`` names what must be there first, as ``engine.checking.workflow`` lists it.
    """

    code: str
    name: Bilingual
    start: str
    to: str
    by: tuple[str, ...] = ()
    cycle: Literal["lock", "approve"] | None = None
    reason: bool = False
    requires: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class StageDetail:
    """What a policy says of one of its stages: its name, and what it is for.

    ``purpose`` is one of ``engine.stages.PURPOSES``; None goes by the stage's own code.
    """

    code: str
    name: Bilingual | None = None
    purpose: str | None = None


@dataclass(frozen=True, slots=True)
class Workflow:
    stages: tuple[str, ...]
    transitions: tuple[Transition, ...]
    details: tuple[StageDetail, ...] = ()


_ROUNDING, _TOTAL, _PRESENCE = Rounding(), Total(), Presence()


@dataclass(frozen=True, slots=True)
class Policy:
    """A whole policy 考核方案."""

    language: int
    policy: str
    name: Bilingual
    period: Literal["month", "quarter", "half", "year"]
    currency: str
    scope: Scope
    rounding: Rounding = _ROUNDING
    total: Total = _TOTAL
    presence: Presence = _PRESENCE
    guardrails: Guardrails | None = None
    measures: tuple[Measure, ...] = ()
    targets: tuple[Target, ...] = ()
    inputs: tuple[Input, ...] = ()
    constants: tuple[Constant, ...] = ()
    dimensions: tuple[Dimension, ...] = ()
    kpis: tuple[Kpi, ...] = ()
    vetoes: tuple[Veto, ...] = ()
    grades: tuple[Grade, ...] = ()
    steps: tuple[Step, ...] = ()
    rules: tuple[Rule, ...] = ()
    pools: tuple[Pool, ...] = ()
    workflow: Workflow | None = None
    ratings: tuple[Rating, ...] = ()
    self_report: SelfReport | None = None
