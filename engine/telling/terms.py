"""What the parts of a policy are called, for forms and differences: msgids by the model's names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from types import MappingProxyType
from typing import Any

from engine.errors import N_


@dataclass(frozen=True, slots=True)
class Term:
    """A word to be translated where it is shown, with the values of its ``{name}`` fields."""

    message: str
    params: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))


# Sections of a policy: what one entry of it is.
SECTIONS = {
    "scope": N_("Scope"),
    "rounding": N_("Rounding"),
    "total": N_("Total"),
    "measures": N_("Measure"),
    "targets": N_("Target"),
    "inputs": N_("Input"),
    "constants": N_("Constant"),
    "presence": N_("Presence"),
    "guardrails": N_("Guardrails"),
    "dimensions": N_("Dimension"),
    "kpis": N_("KPI"),
    "vetoes": N_("Veto"),
    "grades": N_("Grade"),
    "steps": N_("Step of the calculation"),
    "rules": N_("Rule"),
    "pools": N_("Pool"),
    "alerts": N_("Alert"),
    "plans": N_("Suggestion for a plan"),
    "paths": N_("Career path"),
    "workflow": N_("Workflow"),
    "calibration": N_("Calibration"),
    "appeals": N_("Appeals"),
    "details": N_("Stage"),
    "transitions": N_("Transition"),
    "ratings": N_("Rating"),
    "self_report": N_("Self report"),
    "sections": N_("Section of the self report"),
    "criteria": N_("Criterion of the panel"),
    "policy": N_("Policy"),
}
PARTS = {
    "above": N_("Above"),
    "actual": N_("Actual"),
    "after": N_("Filled on from"),
    "after_months": N_("Months later"),
    "among": N_("Among"),
    "amount": N_("Amount"),
    "answer": N_("Time for an answer"),
    "answer_days": N_("Days for an answer"),
    "anonymous": N_("Anonymous"),
    "at": N_("Reached at"),
    "at_least": N_("At least as many of"),
    "at_most": N_("At most as many of"),
    "rating.at_least": N_("Ratings needed at least"),
    "stagedetail.at_least": N_("Upward feedback is summed up from so many people on"),
    "attainment": N_("Attainment"),
    "basis": N_("Basis"),
    "before": N_("Before the first point"),
    "below": N_("Below"),
    "scoring.below": N_("Points below the first anchor"),
    "best": N_("First is"),
    "better": N_("Better is"),
    "bound": N_("Edges are"),
    "by": N_("By"),
    "by_result": N_("By the group's own result"),
    "cap": N_("Cap"),
    "cascade": N_("Cascade"),
    "coefficient": N_("Coefficient"),
    "collect": N_("Collected as"),
    "company": N_("Company's figure"),
    "compare": N_("Compared as"),
    "conclude": N_("Conclusion"),
    "currency": N_("Currency"),
    "cycle": N_("Moved with the cycle"),
    "cycles": N_("Past cycles looked at"),
    "deduction_rate": N_("Most of the wage that may be deducted"),
    "deadline": N_("Deadline"),
    "criteria": N_("Criteria of the panel"),
    "default": N_("Default"),
    "difficulty": N_("Market difficulty"),
    "details": N_("What the stages are"),
    "digits": N_("Decimals"),
    "dimension": N_("Dimension"),
    "distribution": N_("Distribution"),
    "each": N_("For each"),
    "edge": N_("From or up to"),
    "edges": N_("Edges"),
    "eligible": N_("Who shares in it"),
    "escalate": N_("If it is late"),
    "falling": N_("Going down"),
    "field": N_("Field"),
    "fixed": N_("Fixed with"),
    "floor": N_("Floor"),
    "form": N_("Form"),
    "formula": N_("Formula"),
    "fund": N_("Fund"),
    "gate": N_("No points below"),
    "gauge": N_("Watched figure, less is worse"),
    "goal": N_("Goal of the plan"),
    "grade": N_("Grade"),
    "grant": N_("Grant"),
    "grid": N_("Axes"),
    "group": N_("Group"),
    "calibration.group": N_("Within each"),
    "hit": N_("Hit policy"),
    "if_base": N_("If the base is not above zero"),
    "if_missing": N_("If missing"),
    "if_negative": N_("If the actual is negative"),
    "if_unrated": N_("If a rating is missing"),
    "if_zero": N_("If divided by zero"),
    "if_zero_actual": N_("If the actual is zero"),
    "if_zero_target": N_("If the target is zero"),
    "hint": N_("Hint"),
    "kind": N_("Kind"),
    "kpi": N_("KPI"),
    "planrule.kpi": N_("KPI to move"),
    "labels": N_("Labels"),
    "language": N_("Language of the rules"),
    "late": N_("What arrives after its period's lock"),
    "least_days": N_("Fewest days"),
    "least_people": N_("Fewest people of a group"),
    "max": N_("At most"),
    "measure": N_("Measure"),
    "mentor": N_("With a mentor"),
    "min": N_("At least"),
    "minimum_wage": N_("Minimum wage"),
    "missed": N_("Points otherwise"),
    "money": N_("Money"),
    "name": N_("What it is called"),
    "normalise": N_("To a mean of 1"),
    "of": N_("Looked up by"),
    "often": N_("How often"),
    "options": N_("Options"),
    "order": N_("Order"),
    "over": N_("Over"),
    "scoring.over": N_("Counted over"),
    "paid": N_("Paid so far of"),
    "payout": N_("Paid out in parts"),
    "per": N_("Per"),
    "period": N_("Period"),
    "points": N_("Points"),
    "policy": N_("Code"),
    "posts": N_("Posts"),
    "posts_apart": N_("Each post by itself"),
    "purpose": N_("What it is for"),
    "prorate": N_("By days in post"),
    "protected": N_("Protected persons"),
    "ranks": N_("Ranks"),
    "rate": N_("Rate"),
    "raters": N_("Raters"),
    "ratio": N_("Ratio"),
    "reached": N_("Points when reached"),
    "reason": N_("Needs a reason"),
    "records": N_("Records"),
    "reference": N_("Reference"),
    "regions": N_("Regions"),
    "role": N_("Role"),
    "round_to": N_("Rounded to"),
    "remind": N_("Reminders, working days before"),
    "requires": N_("What must be there first"),
    "rows": N_("Rows"),
    "required": N_("Required"),
    "scale": N_("Full marks of a rating"),
    "score": N_("Scoring"),
    "sections": N_("Sections of the self report"),
    "source": N_("Filled in from"),
    "segments": N_("Scored in segments"),
    "share": N_("Shared by"),
    "shares": N_("Shares"),
    "silence": N_("Moved by silence along"),
    "span": N_("Days between"),
    "stages": N_("Stages"),
    "start": N_("From"),
    "grade.start": N_("Lower edge"),
    "scoring.start": N_("Points to begin with"),
    "unittable.start": N_("Points to begin with"),
    "under": N_("Counted under"),
    "measure.when": N_("Dated by"),
    "step": N_("Told again when it fell by"),
    "stretch": N_("Stretch target"),
    "table": N_("Table"),
    "take": N_("What is taken"),
    "target": N_("Target"),
    "text": N_("Text"),
    "then": N_("Then"),
    "threshold": N_("Threshold"),
    "ties": N_("Ties"),
    "to": N_("To"),
    "alert.to": N_("Who is told"),
    "total": N_("Total"),
    "training": N_("Training"),
    "trigger": N_("Paid when"),
    "unit": N_("Unit"),
    "value": N_("Value"),
    "values": N_("Values"),
    "wage": N_("The month's wage"),
    "weeks": N_("How many weeks"),
    "weight": N_("Weight"),
    "weight_band": N_("Band of the weight"),
    "when": N_("Condition"),
    "where": N_("Where"),
    "whole": N_("Whole units only"),
    "table.whole": N_("Rows"),
    "steps": N_("Rows"),
    "marginal": N_("Rows"),
    "cliff": N_("Rows"),
    "linetable.points": N_("Points of the line"),
    "table.above": N_("What is over"),
    "anchors": N_("Points at the anchors"),
    "code": N_("Grade"),
    "measure.count": N_("Count of"),
    "count": N_("Count of"),
    "course": N_("Training course"),
    "days": N_("Days between"),
    "appeals.days": N_("Days to appeal"),
    "distinct": N_("How many different"),
    "first": N_("First of its kind"),
    "growth": N_("Growth"),
    "sum": N_("Sum of"),
    "transitions": N_("Transitions"),
    "working_days": N_("Working days"),
    "escalation.working_days": N_("Working days later"),
    "escalation.to": N_("Who is told"),
    "deadline.days": N_("Days of the calendar"),
    "deadline.start": N_("Counted from"),
    "zh": N_("in Chinese"),
    "en": N_("in English"),
    "name.zh": N_("Name in Chinese"),
    "name.en": N_("Name in English"),
    "group.zh": N_("Group in Chinese"),
    "group.en": N_("Group in English"),
    "hint.zh": N_("Hint in Chinese"),
    "hint.en": N_("Hint in English"),
    "goal.zh": N_("Goal in Chinese"),
    "goal.en": N_("Goal in English"),
    "training.zh": N_("Training in Chinese"),
    "training.en": N_("Training in English"),
    "course.zh": N_("Course in Chinese"),
    "course.en": N_("Course in English"),
    "text.zh": N_("Text in Chinese"),
    "text.en": N_("Text in English"),
    # What stands at a place of a list.
    "ratio.0": N_("What is divided"),
    "ratio.1": N_("Divided by"),
    "growth.0": N_("Now"),
    "growth.1": N_("Before"),
    "days.0": N_("From the date"),
    "days.1": N_("To the date"),
    "interpolate.0": N_("Value looked up"),
    "interpolate.1": N_("Points"),
}


def term(message: str, /, **params: Any) -> Term:
    return Term(message, params)


def section(name: str) -> Term:
    """Return what an entry of the policy's section ``name`` is called."""
    return Term(SECTIONS[name])


@cache
def part(name: str, of: str = "") -> Term:
    """Return what the field ``name`` of the model's class ``of`` is called."""
    return Term(PARTS.get(f"{of.lower()}.{name}", PARTS[name]))


def numbered(name: str, place: int) -> Term:
    """Return what the part with this place (from 0) of a list called ``name`` is called."""
    known = PARTS.get(f"{name}.{place}")
    return Term(known) if known else row(place + 1)


def row(number: int) -> Term:
    """Return what the row with this number, from 1, is called."""
    return term(N_("row {number}"), number=number)


def cell(place: tuple[int, ...]) -> Term:
    """Return what the cell of a table is called, by its places on the axes, from 1."""
    return term(N_("cell {place}"), place="/".join(map(str, place)))


def given(name: str) -> Term:
    """Return a name of the data's own, which is the same in every language."""
    return Term("{name}", {"name": name})
