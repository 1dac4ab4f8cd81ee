"""A policy as it was written: frozen data, no behaviour.

Sections are tuples in the file's order; every entry carries its own ``code``. Field names
are the file's keys, except where Python reserves the word (``from`` is ``start``).
The canonical form is made from these classes: a field added later needs a default, so
that the digest of an older policy stays what it was.
"""

from __future__ import annotations

from engine.model.calibration import ByResult, Calibration, ResultRow
from engine.model.evaluating import Criterion, Rating, ReportSection, SelfReport
from engine.model.figures import Cascade, Constant, Dated, Filter, Input, Measure, Target
from engine.model.following import Alert, CareerPath, PlanRule
from engine.model.pay import Action, Guardrails, Payout, Peers, Pool, Rule, Step
from engine.model.policy import (
    Answer,
    Appeals,
    Deadline,
    Escalation,
    Figure,
    Policy,
    Scope,
    StageDetail,
    Transition,
    Workflow,
)
from engine.model.scoring import Difficulty, Dimension, Grade, Kpi, Presence, Rounding, Total, Veto
from engine.model.tables import (
    AnyTable,
    Axis,
    DecisionRow,
    DecisionTable,
    GridTable,
    LineTable,
    Point,
    Row,
    Table,
    UnitTable,
)
from engine.model.words import Bilingual, InputUnit, Unit

__all__ = [
    "Action",
    "Alert",
    "Answer",
    "AnyTable",
    "Appeals",
    "Axis",
    "Bilingual",
    "ByResult",
    "Calibration",
    "CareerPath",
    "Cascade",
    "Constant",
    "Criterion",
    "Dated",
    "Deadline",
    "DecisionRow",
    "DecisionTable",
    "Difficulty",
    "Dimension",
    "Escalation",
    "Figure",
    "Filter",
    "Grade",
    "GridTable",
    "Guardrails",
    "Input",
    "InputUnit",
    "Kpi",
    "LineTable",
    "Measure",
    "Payout",
    "Peers",
    "PlanRule",
    "Point",
    "Policy",
    "Pool",
    "Presence",
    "Rating",
    "ReportSection",
    "ResultRow",
    "Rounding",
    "Row",
    "Rule",
    "Scope",
    "SelfReport",
    "StageDetail",
    "Step",
    "Table",
    "Target",
    "Total",
    "Transition",
    "Unit",
    "UnitTable",
    "Veto",
    "Workflow",
]
