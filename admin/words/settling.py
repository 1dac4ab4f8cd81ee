"""What follows a result: the talk about it, appeals, closing, and what auditors look at."""

from __future__ import annotations

from admin.words.word import Vocabularies, Word
from engine.errors import N_

APPEALS = {
    "submitted": Word(N_("Submitted"), "warn"),
    "assigned": Word(N_("Handler named"), "calm"),
    "attached": Word(N_("Evidence attached"), "calm"),
    "accepted": Word(N_("Being handled"), "active"),
    "proposed": Word(N_("Correction proposed"), "active"),
    "returned": Word(N_("Sent back to the handler"), "warn"),
    "rejected": Word(N_("The result stands"), "calm"),
    "posted": Word(N_("Corrected and posted"), "good"),
    "withdrawn": Word(N_("Taken back"), "calm"),
    "escalated": Word(N_("Escalated"), "bad"),
}
APPEAL_OUTCOMES = {
    "submitted": Word(N_("Waiting"), "warn"),
    "accepted": Word(N_("Being looked into"), "active"),
    "proposed": Word(N_("Correction proposed"), "active"),
    "rejected": Word(N_("Explained, not corrected")),
    "posted": Word(N_("Corrected"), "good"),
    "withdrawn": Word(N_("Withdrawn")),
}
CHANNELS = {
    "face_to_face": Word(N_("Face to face")),
    "mail": Word(N_("Mail")),
    "im": Word(N_("Instant message")),
}
SIDES = {"manager": Word(N_("The manager's side")), "person": Word(N_("The person's side"))}
PENDING = {
    "stage": Word(N_("Not there yet"), "calm"),
    "held": Word(N_("Held back"), "warn"),
    "appeal": Word(N_("Open appeal"), "warn"),
    "proposal": Word(N_("Undecided proposal"), "warn"),
    "acknowledgement": Word(N_("Not acknowledged"), "warn"),
    "window": Word(N_("May still appeal"), "calm"),
}
MOVES = {
    "total": Word(N_("Total")),
    "rank": Word(N_("Place by total")),
    "grade": Word(N_("Grade")),
    "pay": Word(N_("Pay")),
}
AUDIT_LINES = {
    "open": Word(N_("To be checked"), "warn"),
    "sound": Word(N_("Signed off"), "good"),
    "finding": Word(N_("Finding"), "bad"),
    "answered": Word(N_("Finding answered"), "active"),
    "settled": Word(N_("Finding settled"), "calm"),
}
AUDIT_CHECKS = {
    "replay": Word(N_("Computed again")),
    "explanation": Word(N_("How the numbers came about")),
    "records": Word(N_("The records behind them")),
}
AUDIT_STRATA = {
    "unit": Word(N_("Unit")),
    "grade": Word(N_("Grade")),
    "unit_and_grade": Word(N_("Unit and grade")),
}

VOCABULARIES: Vocabularies = {
    "appeals": APPEALS,
    "appeal_outcomes": APPEAL_OUTCOMES,
    "channels": CHANNELS,
    "sides": SIDES,
    "pending": PENDING,
    "effects": MOVES,
    "audit_lines": AUDIT_LINES,
    "audit_checks": AUDIT_CHECKS,
    "audit_strata": AUDIT_STRATA,
}
