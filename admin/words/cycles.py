"""Cycles: their stages, what is evaluated, agreed, calibrated and paid."""

from __future__ import annotations

from admin.words.word import Vocabularies, Word
from engine.errors import N_

CYCLES = {
    "open": Word(N_("Open"), "active"),
    "locked": Word(N_("Data locked"), "warn"),
    "approving": Word(N_("Being approved"), "warn"),
    "approved": Word(N_("Approved"), "good"),
    "sealed": Word(N_("Sealed")),
}
STAGES = {
    "goal_setting": Word(N_("Goal setting")),
    "goal_approval": Word(N_("Goal approval"), "warn"),
    "tracking": Word(N_("Tracking"), "active"),
    "confirmation": Word(N_("Results to confirm"), "active"),
    "data_locked": Word(N_("Data locked"), "warn"),
    "self_report": Word(N_("Self report"), "active"),
    "evaluation": Word(N_("Evaluation"), "active"),
    "calibration": Word(N_("Calibration"), "active"),
    "result_approval": Word(N_("Result approval"), "warn"),
    "feedback": Word(N_("Feedback"), "active"),
    "appeal": Word(N_("Appeal window"), "active"),
    "closed": Word(N_("Closed"), "good"),
}
PARTS = {
    "digest": Word(N_("Version")),
    "inputs": Word(N_("Inputs")),
    "outputs": Word(N_("Results")),
    "grants": Word(N_("Grants")),
}
EVALUATIONS = {
    "live": Word(N_("As of now, not locked yet"), "active"),
    "trial": Word(N_("Trial score"), "warn"),
    "rated": Word(N_("With the ratings"), "warn"),
    "final": Word(N_("Final result"), "good"),
}
RELOCKS = {
    "proposed": Word(N_("To be decided"), "warn"),
    "approved": Word(N_("Approved"), "good"),
    "declined": Word(N_("Not approved"), "bad"),
}
AGREEMENTS = {
    "delivered": Word(N_("Not opened"), "warn"),
    "opened": Word(N_("Opened, not answered"), "active"),
    "signed": Word(N_("Signed"), "good"),
    "declined": Word(N_("Signing declined"), "bad"),
    "replaced": Word(N_("Replaced")),
    "withdrawn": Word(N_("Withdrawn")),
}
IN_TIME = {
    "yes": Word(N_("Before the period"), "good"),
    "no": Word(N_("After it began"), "warn"),
}
ANCHORS = {
    "threshold": Word(N_("Threshold")),
    "target": Word(N_("Target")),
    "stretch": Word(N_("Stretch target")),
}
CALIBRATIONS = {
    "open": Word(N_("Open"), "active"),
    "closed": Word(N_("To be approved"), "warn"),
    "done": Word(N_("Approved"), "good"),
}
CALIBRATION_DEEDS = {
    "opened": Word(N_("Session opened")),
    "closed": Word(N_("Session closed")),
    "approved": Word(N_("Session approved"), "good"),
    "reopened": Word(N_("Opened again"), "warn"),
}
# Why somebody is left out of the distribution.
APART = {
    "newcomer": Word(N_("Newcomer"), "active"),
    "protected": Word(N_("Protected"), "active"),
    "ungraded": Word(N_("Not appraised")),
}
PROPOSALS = {
    "open": Word(N_("To decide"), "warn"),
    "accepted": Word(N_("Accepted")),
    "declined": Word(N_("Declined")),
}
GRANTS = {
    "bonus": Word(N_("Bonus"), "good"),
    "commission": Word(N_("Commission"), "good"),
    "rate": Word(N_("Commission rate"), "warn"),
    "pool": Word(N_("Pool share"), "good"),
    "pool_share": Word(N_("Pool share"), "good"),
    "honour": Word(N_("Honour"), "active"),
    "training": Word(N_("Training"), "active"),
    "plan": Word(N_("Improvement plan"), "active"),
    "reversal": Word(N_("Reversal"), "bad"),
    "deduction": Word(N_("Deduction"), "warn"),
    "discipline": Word(N_("Discipline"), "bad"),
}

VOCABULARIES: Vocabularies = {
    "cycles": CYCLES,
    "stages": STAGES,
    "parts": PARTS,
    "evaluations": EVALUATIONS,
    "relocks": RELOCKS,
    "agreements": AGREEMENTS,
    "in_time": IN_TIME,
    "anchors": ANCHORS,
    "calibrations": CALIBRATIONS,
    "calibration_deeds": CALIBRATION_DEEDS,
    "apart": APART,
    "proposals": PROPOSALS,
    "grants": GRANTS,
}
