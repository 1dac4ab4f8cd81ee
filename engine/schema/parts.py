"""What is paid and decided: grades, steps, rules, vetoes, pools, guardrails, transitions."""

from __future__ import annotations

from typing import Any

from marshmallow import validates_schema

from engine import model
from engine.errors import N_
from engine.schema.base import PLACES, Part, words
from engine.schema.fields import (
    UNITS,
    Choice,
    Code,
    Condition,
    FieldName,
    Flag,
    Formula,
    Many,
    Number,
    One,
    Text,
    Whole,
)
from engine.schema.said import wrong
from engine.schema.tables import AnyTable
from engine.stages import PURPOSES

# Where a figure that a formula could name is defined.
FIGURES = ("inputs", "measures", "constants", "steps")


class RoundingPart(Part):
    makes = model.Rounding
    attainment = PLACES
    points = PLACES
    total = PLACES
    money = PLACES


class TotalPart(Part):
    makes = model.Total
    cap = Number(0, 10_000)
    floor = Number(-10_000, 10_000)


class GradePart(Part):
    makes = model.Grade
    code = Text(required=True, data_key="grade")
    start = Number(-10_000, 10_000, required=True, data_key="from")
    coefficient = Number(0, 100, required=True)
    name = words()


class PayoutPart(Part):
    makes = model.Payout
    share = Number(0, 1, 6, required=True)
    after_months = Whole(0, 120)
    name = words()


class Payouts(Many):
    """The parts of a grant; together they are all of it."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(One(PayoutPart), **kwargs)

    def read(self, value: Any) -> Any:
        parts = super().read(value)
        if sum(part.share for part in parts) != 1:
            raise wrong(
                "rules.payout",
                N_("The parts of the payout sum to {sum}%, not to 100%."),
                N_("Change the shares until they do."),
                sum=f"{(sum(part.share for part in parts) * 100).normalize():f}",
            )
        return parts


class PeersPart(Part):
    makes = model.Peers
    take = Choice("sum", "mean", "min", "max", "count", "rank", "share", required=True)
    of = Formula()
    among = FieldName("groups")
    where = Condition()
    best = Choice("highest", "lowest")
    ties = Choice("competition", "dense")

    @validates_schema
    def _what_of(self, data: dict[str, Any], **_: Any) -> None:
        if "of" not in data and data.get("take") != "count":
            raise wrong(
                "rules.peers_of",
                N_("`over` needs `of`: the figure that is looked at."),
                N_("Write of: total, or take: count."),
            )


class StepPart(Part):
    makes, coded = model.Step, True
    name = words(required=True)
    unit = Choice(*UNITS, required=True)
    formula = Formula()
    table = AnyTable()
    over = One(PeersPart)
    digits = PLACES
    grant = Code("grants")
    payout = Payouts()

    @validates_schema
    def _one_kind(self, data: dict[str, Any], **_: Any) -> None:
        if len({"formula", "table", "over"} & set(data)) != 1:
            raise wrong(
                "rules.step_kind",
                N_("A step has a formula, a table, or looks across people (over)."),
                N_("Give one of the three."),
            )
        if data.get("unit") == "number" and "digits" not in data:
            raise wrong(
                "rules.step_digits",
                N_("A step of unit number needs `digits`."),
                N_("Say how many places it is rounded to (HALF_UP)."),
            )


class ActionPart(Part):
    makes = model.Action
    grant = Code("grants")
    amount = Formula()
    text = words()
    course = words()
    conclude = Code()
    payout = Payouts()

    @validates_schema
    def _one_kind(self, data: dict[str, Any], **_: Any) -> None:
        if ("grant" in data) == ("conclude" in data) or ("text" in data and "course" in data):
            raise wrong(
                "rules.action",
                N_("A rule grants or concludes."),
                N_("Write either `grant: bonus` with an `amount`, or `conclude: name`."),
            )

    def arranged(self, data: dict[str, Any]) -> dict[str, Any]:
        course = data.pop("course", None)
        return {**data, "text": course} if course else data


class RulePart(Part):
    makes, coded = model.Rule, True
    name = words(required=True)
    when = Condition(required=True)
    then = Many(One(ActionPart), required=True)


class VetoPart(Part):
    makes, coded = model.Veto, True
    name = words(required=True)
    when = Condition(required=True)
    total = Number(-10_000, 10_000)
    grade = Text("grades")

    @validates_schema
    def _does_something(self, data: dict[str, Any], **_: Any) -> None:
        if not {"total", "grade"} & set(data):
            raise wrong(
                "rules.veto",
                N_("This veto changes nothing."),
                N_("Say what the total or the grade is at most: total: 0, or grade: D."),
            )


class PresencePart(Part):
    makes = model.Presence
    least_days = Whole(0, 366)
    segments = Flag()


class AppealsPart(Part):
    makes = model.Appeals
    days = Whole(1, 366, required=True)
    answer_days = Whole(1, 366)


class GuardrailsPart(Part):
    makes = model.Guardrails
    wage = Code(*FIGURES)
    minimum_wage = Code(*FIGURES)
    deduction_rate = Number(0, 1, 6)
    protected = Code("inputs")


class PoolPart(Part):
    makes, coded = model.Pool, True
    name = words(required=True)
    over = Choice("team")
    trigger = Condition(required=True)
    compare = Choice("exact", "shown", required=True)
    fund = Formula(required=True)
    share = Choice("equal", "score", "contribution", required=True)
    by = Code("measures", "inputs", "steps")
    eligible = Condition()


class TransitionPart(Part):
    makes, coded = model.Transition, True
    name = words(required=True)
    start = Code("stages", required=True, data_key="from")
    to = Code("stages", required=True)
    by = Many(Code("movers"))
    cycle = Choice("lock", "approve")
    reason = Flag()
    requires = Many(Code("requirements"))
    when = Condition()


class DeadlinePart(Part):
    makes = model.Deadline
    working_days = Whole(1, 366)
    days = Whole(1, 366)
    start = Choice("entered", "period_start", "period_end", data_key="from")

    @validates_schema
    def _one_kind(self, data: dict[str, Any], **_: Any) -> None:
        _one_kind_of_days(data)


class AnswerPart(Part):
    makes = model.Answer
    working_days = Whole(1, 366)
    days = Whole(1, 366)

    @validates_schema
    def _one_kind(self, data: dict[str, Any], **_: Any) -> None:
        _one_kind_of_days(data)


def _one_kind_of_days(data: dict[str, Any]) -> None:
    if ("working_days" in data) == ("days" in data):
        raise wrong(
            "rules.deadline",
            N_("A deadline counts either working days or all days."),
            N_("Write `working_days: 3`, or `days: 5`."),
        )


class EscalationPart(Part):
    makes = model.Escalation
    working_days = Whole(0, 366, required=True)
    to = Many(Code("escalations"), required=True)


class StageDetailPart(Part):
    makes, coded = model.StageDetail, True
    name = words()
    purpose = Choice(*PURPOSES, data_key="for")
    deadline = One(DeadlinePart)
    remind = Many(Whole(0, 366))
    escalate = One(EscalationPart)
    silence = Code("transitions")
    answer = One(AnswerPart)
    at_least = Whole(3, 100)
