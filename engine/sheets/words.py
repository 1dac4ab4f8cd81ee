"""What may be chosen, in words: the options of the schema's choices, and forms of a value.

A choice is looked up by its key in the file and its word, then by its word alone.
"""

from __future__ import annotations

from functools import cache

from engine.errors import N_
from engine.sheets.parts import Option
from engine.telling.terms import Term

OPTIONS = {
    # periods
    "month": N_("Monthly"),
    "quarter": N_("Quarterly"),
    "half": N_("Half-yearly"),
    "year": N_("Yearly"),
    "this": N_("this period"),
    "previous": N_("the period before"),
    "last_year": N_("the same period a year ago"),
    "year_to_date": N_("the year to date"),
    "year_before": N_("the year before this period"),
    # units
    "money": N_("money"),
    "count": N_("a count"),
    "ratio": N_("a ratio"),
    "points": N_("points"),
    "days": N_("days"),
    "number": N_("a number"),
    "label": N_("a label (one of a few words)"),
    # whose
    "person": N_("the person"),
    "team": N_("the team"),
    "company": N_("the company"),
    "region": N_("the region"),
    # when a sale counts
    "signed": N_("signed"),
    "invoiced": N_("invoiced"),
    "collected": N_("collected"),
    # what arrives after the lock of its period
    "left": N_("left to running that cycle again"),
    "next": N_("counts in the next cycle"),
    # what is missing, zero or negative
    "not_applicable": N_("does not count, the others share its weight"),
    "zero": N_("zero"),
    "full": N_("full marks"),
    "refuse": N_("the facts are not taken"),
    "pending": N_("the result waits"),
    "keep": N_("as it comes out"),
    "if_unrated.share": N_("the other raters share its weight"),
    # KPIs
    "higher": N_("higher"),
    "lower": N_("lower"),
    "form.ratio": N_("target ÷ actual"),
    "mirrored": N_("2 − actual ÷ target"),
    "as.points": N_("added to the points"),
    "factor": N_("times the points"),
    "goals": N_("when goals are approved"),
    # who rates, what a self report is made of, and what fills an input in
    "self": N_("the person themselves"),
    "manager": N_("whoever leads the person"),
    "peers": N_("peers who are asked"),
    "customers": N_("customers"),
    "text": N_("written by the person"),
    "results": N_("results, filled in from the records"),
    "kpis": N_("KPIs, filled in from the records"),
    "panel": N_("the panel's mean score"),
    "assists": N_("assists that were confirmed"),
    "sharings": N_("sharing sessions that were confirmed"),
    # targets
    "headcount": N_("shared out by headcount"),
    "none": N_("everybody has the figure itself"),
    # looking over people
    "sum": N_("the sum"),
    "mean": N_("the mean"),
    "min": N_("the smallest"),
    "max": N_("the largest"),
    "take.count": N_("how many"),
    "collect.count": N_("how many"),
    "rank": N_("the rank"),
    "share": N_("the share"),
    "highest": N_("the highest"),
    "lowest": N_("the lowest"),
    "competition": N_("1 1 3"),
    "dense": N_("1 1 2"),
    # decision tables
    "first": N_("the first row that holds"),
    "unique": N_("the only row that holds"),
    "collect": N_("all rows that hold"),
    # pools
    "exact": N_("the exact figure"),
    "shown": N_("the rounded figure"),
    "equal": N_("equally"),
    "score": N_("by score"),
    "contribution": N_("by contribution"),
    # what a stage is for
    "goal_setting": N_("setting goals"),
    "goal_approval": N_("approving goals"),
    "tracking": N_("tracking"),
    "confirmation": N_("confirming results"),
    "data_locked": N_("data locked, evaluation to begin"),
    "self_report": N_("reporting on duty"),
    "evaluation": N_("evaluating"),
    "calibration": N_("calibrating"),
    "result_approval": N_("approving results"),
    "feedback": N_("giving feedback"),
    "appeal": N_("the window for appeals"),
    "closed": N_("closed"),
    # alerts
    "once": N_("once a cycle"),
    "worse": N_("again whenever it gets worse"),
    # deadlines
    "entered": N_("the day on which a review comes into the stage"),
    "period_start": N_("the beginning of the period"),
    "period_end": N_("the end of the period"),
    # transitions
    "lock": N_("when the data are locked"),
    "approve": N_("when the results are approved"),
    # flags
    "true": N_("yes"),
    "false": N_("no"),
}
# The forms that one value may have.
FORMS = {
    "attainment": N_("attainment × 100"),
    "formula": N_("a formula"),
    "anchors": N_("points at threshold, target and stretch target"),
    "each": N_("so much for each unit"),
    "reached": N_("all or nothing"),
    "steps": N_("steps: the value of the row"),
    "marginal": N_("tiers: each slice at its own rate"),
    "whole": N_("tiers: all of it at the rate of the row"),
    "cliff": N_("all over an amount at the rate of the row"),
    "interpolate": N_("a line between points"),
    "grid": N_("a table of two or three dimensions"),
    "decide": N_("a decision table"),
    "field": N_("a field of the record"),
    "days": N_("the days between two dates"),
    "one": N_("one condition"),
    "all": N_("all of them hold"),
    "any": N_("any of them holds"),
    "not": N_("it does not hold"),
}
ROLES = {"salesperson": N_("Salesperson"), "manager": N_("Manager")}
MOVED_BY = {
    "owner": N_("The person themselves"),
    "salesperson": N_("Salesperson"),
    "manager": N_("Manager"),
    "hr": N_("HR"),
    "hr_region": N_("HR of a region"),
    "sales_director": N_("Sales director"),
    "finance": N_("Finance"),
}
# Who is told of an alert.
TOLD = {
    "owner": N_("The person themselves"),
    "manager": N_("Manager"),
    "hr": N_("HR"),
}
# Who is told of what is late.
ESCALATED_TO = {
    "superior": N_("whoever leads those for whom it waits"),
    "hr": N_("HR"),
}
# What a transition may require to be there first.
REQUIREMENTS: dict[str, str] = {
    "goals_agreed": N_("Goals are agreed with the person"),
    "records_confirmed": N_("the records have been confirmed"),
    "calibrated": N_("the calibration session over the person is approved"),
    "feedback": N_("the conversation was held, written down and acknowledged"),
    "self_report": N_("The self report is submitted"),
    "ratings": N_("The ratings are finished"),
}
GRANTS = {
    "bonus": N_("Bonus"),
    "commission": N_("Commission"),
    "rate": N_("Commission rate"),
    "honour": N_("Honour"),
    "training": N_("Training"),
    "plan": N_("Improvement plan"),
    "deduction": N_("Deduction"),
    "discipline": N_("Discipline"),
}


@cache
def choices(key: str, options: tuple[str, ...]) -> tuple[Option, ...]:
    """Return the options of a choice of ``key`` with what they mean."""
    return tuple(
        Option(word, Term(OPTIONS.get(f"{key}.{word}") or OPTIONS[word])) for word in options
    )


@cache
def forms(names: tuple[str, ...]) -> tuple[Option, ...]:
    """Return the forms of a value with what they mean."""
    return tuple(Option(name, Term(FORMS[name])) for name in names)
