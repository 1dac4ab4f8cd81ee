"""Check-ins with their measures, plans, and the programme."""

from __future__ import annotations

from admin.words.word import Vocabularies, Word
from engine.errors import N_

TALKS = {"one_to_one": Word(N_("One-to-one")), "team": Word(N_("Team meeting"))}
TALK_PARTS = {
    "summary": Word(N_("Summary")),
    "praise": Word(N_("Praise")),
    "problems": Word(N_("Problems")),
    "advice": Word(N_("Advice")),
}
RHYTHMS = {
    "weekly": Word(N_("Weekly")),
    "monthly": Word(N_("Monthly")),
    "once": Word(N_("Once")),
}
CHECK_INS = {
    "planned": Word(N_("Planned"), "warn"),
    "held": Word(N_("Held"), "good"),
    "cancelled": Word(N_("Called off")),
}
MEASURES = {
    "open": Word(N_("Open"), "active"),
    "done": Word(N_("Done"), "good"),
    "dropped": Word(N_("Dropped")),
}
# What a check-in makes of a measure.
ENDINGS = {
    "open": Word(N_("Carried forward"), "active"),
    "done": Word(N_("Done"), "good"),
    "dropped": Word(N_("Dropped")),
}
PLAN_KINDS = {
    "improvement": Word(N_("Improvement plan")),
    "development": Word(N_("Development plan")),
}
PLANS = {
    "draft": Word(N_("To be agreed"), "warn"),
    "agreed": Word(N_("Agreed by both"), "active"),
    "running": Word(N_("Running"), "active"),
    "evaluated": Word(N_("Evaluated"), "good"),
    "ended": Word(N_("Ended")),
}
PLAN_NOTES = {
    "training": Word(N_("Training given"), "active"),
    "post": Word(N_("Another post offered"), "active"),
    "reappraisal": Word(N_("Appraised again"), "active"),
    "evidence": Word(N_("Evidence")),
    "follow_up": Word(N_("Follow-up")),
}
AUDIENCES = {"staff": Word(N_("Staff")), "manager": Word(N_("Managers"))}

VOCABULARIES: Vocabularies = {
    "talks": TALKS,
    "talk_parts": TALK_PARTS,
    "rhythms": RHYTHMS,
    "check_ins": CHECK_INS,
    "measures": MEASURES,
    "endings": ENDINGS,
    "plan_kinds": PLAN_KINDS,
    "plans": PLANS,
    "plan_notes": PLAN_NOTES,
    "audiences": AUDIENCES,
}
