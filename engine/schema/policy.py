"""The schema of a whole policy file, and the checks that its sections make by themselves."""

from __future__ import annotations

import re
from typing import Any

from babel.numbers import get_currency_precision, is_currency
from marshmallow import validates

from engine import model
from engine.errors import N_
from engine.schema.base import Part, words
from engine.schema.calibration import CalibrationPart
from engine.schema.evaluating import RatingPart, SelfReportPart
from engine.schema.fields import Choice, Code, Entries, Many, One, Text, Whole
from engine.schema.following import AlertPart, CareerPathPart, PlanRulePart
from engine.schema.measuring import MeasurePart, TargetPart
from engine.schema.parts import (
    AppealsPart,
    GradePart,
    GuardrailsPart,
    PoolPart,
    PresencePart,
    RoundingPart,
    RulePart,
    StageDetailPart,
    StepPart,
    TotalPart,
    TransitionPart,
    VetoPart,
)
from engine.schema.said import wrong
from engine.schema.scorecard import ConstantPart, DimensionPart, InputPart, KpiPart, ScopePart


class WorkflowPart(Part):
    makes = model.Workflow
    stages = Many(Code(), required=True)
    transitions = Entries(TransitionPart, required=True)
    details = Entries(StageDetailPart)


class PolicySchema(Part):
    makes = model.Policy
    language = Whole(1, 1, required=True)
    policy = Text(required=True)
    name = words(required=True)
    period = Choice("month", "quarter", "half", "year", required=True)
    currency = Text(required=True)
    scope = One(ScopePart, required=True)
    rounding = One(RoundingPart)
    total = One(TotalPart)
    presence = One(PresencePart)
    guardrails = One(GuardrailsPart)
    measures = Entries(MeasurePart)
    targets = Entries(TargetPart)
    inputs = Entries(InputPart)
    constants = Entries(ConstantPart)
    dimensions = Entries(DimensionPart)
    kpis = Entries(KpiPart)
    vetoes = Entries(VetoPart)
    grades = Many(One(GradePart))
    steps = Entries(StepPart)
    rules = Entries(RulePart)
    pools = Entries(PoolPart)
    workflow = One(WorkflowPart)
    calibration = One(CalibrationPart)
    appeals = One(AppealsPart)
    alerts = Entries(AlertPart)
    plans = Entries(PlanRulePart)
    paths = Entries(CareerPathPart)
    ratings = Entries(RatingPart)
    self_report = One(SelfReportPart)

    @validates("policy")
    def _policy_name(self, value: str, **_: Any) -> None:
        if not re.fullmatch(r"[a-z0-9][a-z0-9-]{0,59}", value):
            raise wrong(
                "rules.policy_name",
                N_("`{name}` cannot name a policy."),
                N_("Use lower-case letters, digits and -, as the folder is called."),
                name=value[:80],
            )

    @validates("currency")
    def _currency_code(self, value: str, **_: Any) -> None:
        if not is_currency(value, "en"):
            raise wrong(
                "rules.currency",
                N_("`{code}` is not a currency."),
                N_("Write its ISO 4217 code, such as CNY or USD."),
                code=value[:20],
            )


def exponent(currency: str) -> int:
    """Return the decimals of a currency's minor unit (ISO 4217)."""
    return get_currency_precision(currency)
