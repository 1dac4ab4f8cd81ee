"""What the codes in the tables are called: roles, states, kinds of record.

A code that is not here is the data's own (a policy may name its stages) and shows as it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from flask import Flask
from jinja2 import pass_context
from jinja2.runtime import Context

from admin.preferences import translate
from engine.errors import N_
from workflows.rulefiles.bringing import OUTCOMES


class Word(NamedTuple):
    """A msgid, and the tone of its badge: ``calm``, ``active``, ``good``, ``warn`` or ``bad``."""

    message: str
    tone: str = "calm"


ROLES = {
    "administrator": Word(N_("Administrator")),
    "hr": Word(N_("HR")),
    "hr_region": Word(N_("HR of a region")),
    "finance": Word(N_("Finance")),
    "sales_director": Word(N_("Sales director")),
    "manager": Word(N_("Manager")),
    "salesperson": Word(N_("Salesperson")),
    "auditor": Word(N_("Auditor")),
    "owner": Word(N_("The person themselves")),
}
UNITS = {
    "company": Word(N_("Company")),
    "region": Word(N_("Region")),
    "team": Word(N_("Team")),
}
MEMBERSHIPS = {"member": Word(N_("Member")), "manager": Word(N_("Manager"), "active")}
IMPORTS = {
    "running": Word(N_("Running"), "active"),
    "done": Word(N_("Done"), "good"),
    "unchanged": Word(N_("Nothing new")),
    "abandoned": Word(N_("Abandoned"), "bad"),
}
MENDS = {
    "open": Word(N_("To mend"), "warn"),
    "taken_in": Word(N_("Taken in"), "good"),
    "set_aside": Word(N_("Set aside for good")),
}
VERSIONS = {
    "submitted": Word(N_("Submitted"), "warn"),
    "withdrawn": Word(N_("Withdrawn")),
    "published": Word(N_("Published"), "good"),
    "in_force": Word(N_("In force"), "good"),
    "coming": Word(N_("Coming"), "active"),
    "superseded": Word(N_("Superseded")),
}
SUBMISSIONS = {
    "open": Word(N_("To decide"), "warn"),
    "published": Word(N_("Published"), "good"),
    "withdrawn": Word(N_("Withdrawn")),
}
CONSENTS = {
    "asked": Word(N_("Asked"), "warn"),
    "given": Word(N_("Consented"), "good"),
    "declined": Word(N_("Declined"), "bad"),
    "void": Word(N_("No longer asked")),
}
SIMULATIONS = {
    "running": Word(N_("Running"), "active"),
    "done": Word(N_("Done"), "good"),
    "failed": Word(N_("Not possible"), "bad"),
}
_TONES = {"new": "active", "changed": "active", "refused": "bad"}
BROUGHT: dict[str, Word] = {
    code: Word(said, _TONES.get(code, "calm")) for code, said in OUTCOMES.items()
}
PERIODS = {
    "month": Word(N_("Monthly")),
    "quarter": Word(N_("Quarterly")),
    "half": Word(N_("Half-yearly")),
    "year": Word(N_("Yearly")),
}
# Whether somebody is under a policy.
COVERAGE = {
    "none": Word(N_("Under no policy"), "bad"),
    "double": Word(N_("Under two of a kind"), "warn"),
    "one": Word(N_("As it should be"), "good"),
}
# What becomes of a policy when a value is changed in many.
BULK = {
    "to_change": Word(N_("Would be changed"), "active"),
    "changed": Word(N_("Changed in its draft"), "good"),
    "same": Word(N_("Says so already")),
    "faulty": Word(N_("Would have faults"), "bad"),
    "submitted": Word(N_("Submitted: it stays as it is"), "warn"),
    "moved": Word(N_("Somebody changed it meanwhile"), "warn"),
}
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
    "data_locked": Word(N_("Data locked"), "warn"),
    "evaluation": Word(N_("Evaluation"), "active"),
    "calibration": Word(N_("Calibration"), "active"),
    "result_approval": Word(N_("Result approval"), "warn"),
    "feedback": Word(N_("Feedback"), "active"),
    "closed": Word(N_("Closed"), "good"),
}
RECORDS = {
    "deal": Word(N_("Deal")),
    "opportunity": Word(N_("Opportunity")),
    "order": Word(N_("Order")),
    "return": Word(N_("Return")),
    "payment": Word(N_("Payment")),
    "activity": Word(N_("Activity")),
    "survey": Word(N_("Survey answer")),
    "customer": Word(N_("Customer")),
    "account": Word(N_("Customer")),
    "product": Word(N_("Product")),
    "organisation": Word(N_("Organisation")),
}
CREDITS = {
    "owner": Word(N_("Owner")),
    "helper": Word(N_("Helper")),
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
CONSULTATIONS = {
    "discussion": Word(N_("Discussion with employees")),
    "opinions": Word(N_("Proposals and opinions")),
    "negotiation": Word(N_("Consultation with the union or representatives")),
    "publicity": Word(N_("Publicity and notice")),
}
VERDICTS = {
    "accepted": Word(N_("Taken up"), "good"),
    "partly": Word(N_("Partly taken up"), "active"),
    "declined": Word(N_("Not taken up"), "warn"),
}
THREADS = {"open": Word(N_("Open"), "active"), "resolved": Word(N_("Settled"))}
PROPOSALS = {
    "open": Word(N_("To decide"), "warn"),
    "accepted": Word(N_("Accepted")),
    "declined": Word(N_("Declined")),
}
ACCOUNTS = {"active": Word(N_("Active"), "good"), "inactive": Word(N_("Switched off"), "bad")}
# What became of a personal value of the log that cannot be read any more.
VALUES = {
    "erased": Word(N_("erased at the person's wish")),
    "lost": Word(N_("its key is missing")),
    "changed": Word(N_("changed after it was written"), "bad"),
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
    "final": Word(N_("Final result"), "good"),
}
ACTIONS = {
    "sign_in": Word(N_("Signed in")),
    "sign_out": Word(N_("Signed out")),
    "add_account": Word(N_("Added an account")),
    "change_account": Word(N_("Changed an account")),
    "change_password": Word(N_("Changed their password")),
    "enter_grants": Word(N_("Entered in the ledger")),
    "import_records": Word(N_("Imported records")),
    "mend_row": Word(N_("Mended a quarantined row")),
    "set_row_aside": Word(N_("Set a quarantined row aside for good")),
    "adopt_shipped_policy": Word(N_("Adopted a policy that is shipped")),
    "draft_policy": Word(N_("Drafted a policy")),
    "start_draft": Word(N_("Began a draft of a policy")),
    "discard_draft": Word(N_("Discarded a draft of a policy")),
    "submit_policy": Word(N_("Submitted a version of a policy")),
    "withdraw_submission": Word(N_("Withdrew a submission")),
    "approve_policy": Word(N_("Approved a version of a policy")),
    "ask_for_consent": Word(N_("Asked for more consents")),
    "answer_consent": Word(N_("Answered a question for consent")),
    "prepare_cycle_move": Word(N_("Prepared another version for a cycle")),
    "drop_cycle_move": Word(N_("Gave up another version for a cycle")),
    "move_cycle": Word(N_("Put a cycle under another version")),
    "publish_policy": Word(N_("Published a policy")),
    "comment_draft": Word(N_("Commented on a draft of a policy")),
    "record_consultation": Word(N_("Recorded a consultation")),
    "add_opinion": Word(N_("Recorded an opinion")),
    "answer_opinion": Word(N_("Answered an opinion")),
    "deliver_agreements": Word(N_("Delivered agreements")),
    "open_agreement": Word(N_("Opened their agreement")),
    "sign_agreement": Word(N_("Signed their agreement")),
    "decline_agreement": Word(N_("Declined their agreement")),
    "simulate": Word(N_("Simulated a policy")),
    "finish_simulation": Word(N_("Finished a simulation")),
    "open_cycle": Word(N_("Opened a cycle")),
    "lock_cycle": Word(N_("Locked the data")),
    "approve_cycle": Word(N_("Approved the results")),
    "close_cycle": Word(N_("Closed a cycle")),
    "rerun_cycle": Word(N_("Ran a cycle again")),
    "give_figures": Word(N_("Gave figures")),
    "decide_proposal": Word(N_("Decided on a proposal")),
    "move_review": Word(N_("Moved a review")),
    "calibrate_review": Word(N_("Calibrated a grade")),
    "hold_review": Word(N_("Held a review back")),
    "release_review": Word(N_("Released a review")),
    "approve_late": Word(N_("Approved those who were held back")),
    "seal_review": Word(N_("Sealed a review")),
    "propose_reopening": Word(N_("Proposed to open a review again")),
    "decide_reopening": Word(N_("Decided on opening a review again")),
    "prepare_feedback": Word(N_("Prepared a conversation")),
    "hold_feedback": Word(N_("Held a conversation")),
    "note_feedback": Word(N_("Wrote down a conversation")),
    "acknowledge_feedback": Word(N_("Acknowledged a conversation")),
    "feedback_by_silence": Word(N_("Took silence for taken note")),
    "give_upward_feedback": Word(N_("Gave upward feedback")),
    "submit_appeal": Word(N_("Appealed")),
    "withdraw_appeal": Word(N_("Withdrew an appeal")),
    "assign_appeal": Word(N_("Named who handles an appeal")),
    "accept_appeal": Word(N_("Took up an appeal")),
    "reject_appeal": Word(N_("Rejected an appeal")),
    "propose_correction": Word(N_("Proposed a correction")),
    "return_correction": Word(N_("Sent a correction back")),
    "approve_correction": Word(N_("Granted a correction")),
    "escalate_appeal": Word(N_("Escalated an appeal")),
    "set_targets": Word(N_("Set targets")),
}
SUBJECTS = {
    "account": Word(N_("Account")),
    "person": Word(N_("Person")),
    "policy": Word(N_("Policy")),
    "policy_version": Word(N_("Version of a policy")),
    "import": Word(N_("Import")),
    "simulation": Word(N_("Simulation")),
    "cycle": Word(N_("Cycle")),
    "review": Word(N_("Review")),
    "target": Word(N_("Target")),
    "agreement": Word(N_("Agreement")),
    "appeal": Word(N_("Appeal")),
}
APPEALS = {
    "submitted": Word(N_("Submitted"), "warn"),
    "assigned": Word(N_("Handler named"), "calm"),
    "accepted": Word(N_("Being handled"), "active"),
    "proposed": Word(N_("Correction proposed"), "active"),
    "returned": Word(N_("Sent back to the handler"), "warn"),
    "rejected": Word(N_("The result stands"), "calm"),
    "posted": Word(N_("Corrected and posted"), "good"),
    "withdrawn": Word(N_("Taken back"), "calm"),
    "escalated": Word(N_("Escalated"), "bad"),
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

VOCABULARIES: Mapping[str, Mapping[str, Word]] = {
    "roles": ROLES,
    "units": UNITS,
    "memberships": MEMBERSHIPS,
    "imports": IMPORTS,
    "mends": MENDS,
    "versions": VERSIONS,
    "submissions": SUBMISSIONS,
    "consents": CONSENTS,
    "simulations": SIMULATIONS,
    "brought": BROUGHT,
    "periods": PERIODS,
    "coverage": COVERAGE,
    "bulk": BULK,
    "cycles": CYCLES,
    "stages": STAGES,
    "records": RECORDS,
    "credits": CREDITS,
    "grants": GRANTS,
    "agreements": AGREEMENTS,
    "in_time": IN_TIME,
    "anchors": ANCHORS,
    "consultations": CONSULTATIONS,
    "verdicts": VERDICTS,
    "threads": THREADS,
    "proposals": PROPOSALS,
    "evaluations": EVALUATIONS,
    "parts": PARTS,
    "actions": ACTIONS,
    "accounts": ACCOUNTS,
    "values": VALUES,
    "subjects": SUBJECTS,
    "appeals": APPEALS,
    "channels": CHANNELS,
    "sides": SIDES,
    "pending": PENDING,
    "effects": MOVES,
}


def register(app: Flask) -> None:
    app.jinja_env.filters.update(word=_word_here, tone=tone, place=place)


@pass_context
def _word_here(_context: Context, code: str, vocabulary: str) -> str:
    # With a context, Jinja does not evaluate it for a constant once for all languages.
    return word(code, vocabulary)


def word(code: str, vocabulary: str) -> str:
    """Return what ``code`` is called in this request's language."""
    known = VOCABULARIES[vocabulary].get(code)
    return translate(known.message) if known else code


def tone(code: str, vocabulary: str) -> str:
    known = VOCABULARIES[vocabulary].get(code)
    return known.tone if known else "calm"


def place(code: str, vocabulary: str) -> int:
    """Return the place of ``code`` in its vocabulary, from 1; one of the data's own has 1."""
    codes = list(VOCABULARIES[vocabulary])
    return codes.index(code) + 1 if code in codes else 1
