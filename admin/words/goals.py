"""Goal plans: their versions, how far a goal is agreed, and how one is shared out."""

from __future__ import annotations

from admin.words.people import UNITS
from admin.words.word import Vocabularies, Word
from engine.errors import N_

GOAL_VERSIONS = {
    "draft": Word(N_("Draft"), "active"),
    "submitted": Word(N_("Waits for approval"), "warn"),
    "approved": Word(N_("In force"), "good"),
    "superseded": Word(N_("Superseded")),
}
OFFERS = {
    "none": Word(N_("Not proposed yet")),
    "stale": Word(N_("Changed since: to propose again"), "warn"),
    "proposed": Word(N_("Waits for the person"), "active"),
    "accepted": Word(N_("Accepted, waits for approval"), "warn"),
    "countered": Word(N_("Countered, waits for the manager"), "warn"),
    "returned": Word(N_("Sent back to the manager"), "bad"),
    "settled": Word(N_("Settled, waits for approval"), "warn"),
    "agreed": Word(N_("Agreed"), "good"),
}
GOAL_STEPS = {
    "propose": Word(N_("Proposed")),
    "accept": Word(N_("Accepted by the person"), "good"),
    "counter": Word(N_("Countered"), "warn"),
    "settle": Word(N_("Settled"), "active"),
    "agree": Word(N_("Approved"), "good"),
    "send_back": Word(N_("Sent back"), "bad"),
}
GOAL_LEVELS = {
    **UNITS,
    "person": Word(N_("Person")),
    "line": Word(N_("Product line")),
    "group": Word(N_("Customer group")),
}
GOAL_WAYS = {
    "equal": Word(N_("Equally")),
    "ratio": Word(N_("By ratio")),
    "headcount": Word(N_("By headcount")),
    "ability": Word(N_("By ability and market")),
    "whole": Word(N_("Everybody has all of it")),
}
GOAL_INTO = {
    "org": Word(N_("Units or people below")),
    "line": Word(N_("Product lines")),
    "group": Word(N_("Customer groups")),
}
GOAL_FACTORS = {
    "headcount": Word(N_("people")),
    "market": Word(N_("market")),
    "newcomer": Word(N_("newcomer, here since")),
    "rank": Word(N_("rank")),
}
GOAL_SPANS = {"year": Word(N_("By the year")), "quarter": Word(N_("By the quarter"))}
GOAL_MISSING = {
    "pending": Word(N_("Waits for a figure"), "warn"),
    "average": Word(N_("Has the average of the unit"), "active"),
}
GOAL_CURVES = {
    "even": Word(N_("Evenly")),
    "seasonal": Word(N_("By a seasonal curve")),
    "last-year": Word(N_("As last year's records were")),
}
SMART = {
    "what": Word(N_("what is to be done"), "warn"),
    "measure": Word(N_("what it is measured by"), "warn"),
    "quantity": Word(N_("how much"), "warn"),
    "due_on": Word(N_("by when"), "warn"),
    "parent": Word(N_("which goal it serves"), "bad"),
}

VOCABULARIES: Vocabularies = {
    "goal_versions": GOAL_VERSIONS,
    "offers": OFFERS,
    "goal_steps": GOAL_STEPS,
    "goal_levels": GOAL_LEVELS,
    "goal_ways": GOAL_WAYS,
    "goal_into": GOAL_INTO,
    "goal_factors": GOAL_FACTORS,
    "goal_spans": GOAL_SPANS,
    "goal_missing": GOAL_MISSING,
    "goal_curves": GOAL_CURVES,
    "smart": SMART,
}
