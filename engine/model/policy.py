"""A whole policy: whose it is, its sections, its workflow."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from engine.language.expression import Expression
from engine.model.calibration import Calibration
from engine.model.evaluating import Rating, SelfReport
from engine.model.figures import Constant, Input, Measure, Target
from engine.model.following import Alert, CareerPath, PlanRule
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

    ``requires`` names what must be there first, as ``engine.checking.workflow`` lists it;
    ``when`` is a condition on the review's figures that must hold.
    """

    code: str
    name: Bilingual
    start: str
    to: str
    by: tuple[str, ...] = ()
    cycle: Literal["lock", "approve"] | None = None
    reason: bool = False
    requires: tuple[str, ...] = ()
    when: Expression | None = None

    @property
    def is_own(self) -> bool:
        """Whether the person whose review it is may make it: their silence is an answer."""
        return "owner" in self.by or "salesperson" in self.by


@dataclass(frozen=True, slots=True)
class Deadline:
    """The last day of a stage: so many days, working days or all, counted from ``start``.

    ``entered`` counts from the day on which a review comes into the stage, which is not counted
    itself; ``period_start`` and ``period_end`` count the days of the period, and those after it.
    """

    working_days: int | None = None
    days: int | None = None
    start: Literal["entered", "period_start", "period_end"] = "entered"


@dataclass(frozen=True, slots=True)
class Answer:
    """How long whoever is asked in a stage has for it: so many days, working days or all, after
    the day on which they are asked.
    """

    working_days: int | None = None
    days: int | None = None


@dataclass(frozen=True, slots=True)
class Escalation:
    """Who is told when so many ``working_days`` after the deadline a review still waits."""

    working_days: int
    to: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class StageDetail:
    """What a policy says of one of its stages: its name, what it is for, and until when.

    ``purpose`` is one of ``engine.stages.PURPOSES``; None goes by the stage's own code.
    ``remind`` are working days before the deadline. ``silence`` is the transition that a review
    makes by itself once the deadline has passed: nobody's word counts as their yes.
    ``answer`` is the time of those who are asked something in it; ``at_least`` so many must have
    said something of a manager before the manager sees the sum.
    """

    code: str
    name: Bilingual | None = None
    purpose: str | None = None
    deadline: Deadline | None = None
    remind: tuple[int, ...] = ()
    escalate: Escalation | None = None
    silence: str | None = None
    answer: Answer | None = None
    at_least: int | None = None


@dataclass(frozen=True, slots=True)
class Workflow:
    stages: tuple[str, ...]
    transitions: tuple[Transition, ...]
    details: tuple[StageDetail, ...] = ()


@dataclass(frozen=True, slots=True)
class Appeals:
    """How long one may appeal 申诉, in days from the approval of one's result (or from when an
    appeal stage is reached), and within how many days an appeal is to be answered.
    """

    days: int
    answer_days: int = 10


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
    calibration: Calibration | None = None
    appeals: Appeals | None = None
    alerts: tuple[Alert, ...] = ()
    plans: tuple[PlanRule, ...] = ()
    paths: tuple[CareerPath, ...] = ()
    ratings: tuple[Rating, ...] = ()
    self_report: SelfReport | None = None
