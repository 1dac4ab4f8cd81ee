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
from workflows.org.books.layout import WORDS as ORG_WORDS
from workflows.rulefiles.bringing import OUTCOMES

LEAVES = ORG_WORDS["absences.kind"]


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
# Kinds of long leave, and how a stand-in stands.
ABSENCES = {code: Word(message, "warn") for code, message in LEAVES.items()}
STAND_INS = {
    "acting": Word(N_("Acting now"), "active"),
    "coming": Word(N_("Coming")),
    "over": Word(N_("Over")),
    "revoked": Word(N_("Revoked"), "bad"),
}
# What an entry of the organisation's history is.
ORG_ENTRIES = {
    "join": Word(N_("Joined"), "good"),
    "move": Word(N_("Moved"), "active"),
    "leave": Word(N_("Left"), "bad"),
    "absence": Word(N_("Long leave"), "warn"),
    "return": Word(N_("Back from leave"), "good"),
    "import": Word(N_("From a file")),
}
# Which parts of somebody or of a unit a file changes.
ORG_PARTS = {
    "name": Word(N_("Name")),
    "post": Word(N_("Post")),
    "rank": Word(N_("Rank")),
    "places": Word(N_("Units")),
    "absences": Word(N_("Long leave")),
    "left": Word(N_("Last working day")),
    "kind": Word(N_("Kind")),
    "parts": Word(N_("Part of")),
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
    "rated": Word(N_("With the ratings"), "warn"),
    "final": Word(N_("Final result"), "good"),
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
APPEAL_OUTCOMES = {
    "submitted": Word(N_("Waiting"), "warn"),
    "accepted": Word(N_("Being looked into"), "active"),
    "proposed": Word(N_("Correction proposed"), "active"),
    "rejected": Word(N_("Explained, not corrected")),
    "posted": Word(N_("Corrected"), "good"),
    "withdrawn": Word(N_("Withdrawn")),
}
# How far reports, ratings, meetings and what follows from them are.
SELF_REPORTS = {
    "none": Word(N_("Not begun")),
    "draft": Word(N_("Being written"), "active"),
    "submitted": Word(N_("Submitted"), "good"),
}
RATERS = {
    "self": Word(N_("Oneself")),
    "manager": Word(N_("Manager")),
    "peers": Word(N_("Peers")),
    "customers": Word(N_("Customers")),
}
RATING_WORDS = {
    "praise": Word(N_("What was good")),
    "criticism": Word(N_("What fell short")),
    "case": Word(N_("A case")),
    "advice": Word(N_("Advice")),
}
RATING_REQUESTS = {
    "proposed": Word(N_("Proposed"), "warn"),
    "asked": Word(N_("Invited"), "active"),
    "declined": Word(N_("Not agreed to")),
    "given": Word(N_("Given"), "good"),
}
RATING_ROUNDS = {
    "open": Word(N_("Being rated"), "active"),
    "finished": Word(N_("Finished"), "good"),
}
RATING_ROWS = {
    "open": Word(N_("To rate"), "warn"),
    "given": Word(N_("Given"), "good"),
    "finished": Word(N_("Finished"), "good"),
    "closed": Word(N_("Not being rated now")),
}
MEETINGS = {
    "planned": Word(N_("Planned"), "active"),
    "held": Word(N_("Held"), "good"),
    "cancelled": Word(N_("Cancelled")),
}
TODOS = {
    "open": Word(N_("To do"), "active"),
    "done": Word(N_("Done"), "good"),
}
CONTRIBUTIONS = {
    "assist": Word(N_("Assist")),
    "sharing": Word(N_("Sharing session")),
    "claimed": Word(N_("To be confirmed"), "warn"),
    "confirmed": Word(N_("Confirmed"), "good"),
    "declined": Word(N_("Not confirmed"), "bad"),
}
ACTIONS = {
    "confirm_records": Word(N_("Confirmed records")),
    "claim_dispute": Word(N_("Disputed a line")),
    "claim_missing": Word(N_("Claimed a missing deal")),
    "claim_arrangement": Word(N_("Brought up whose a record is")),
    "withdraw_claim": Word(N_("Withdrew a claim")),
    "propose_credits": Word(N_("Proposed credit lines")),
    "answer_proposal": Word(N_("Answered proposed credit lines")),
    "decide_claim": Word(N_("Decided on a claim")),
    "submit_self_report": Word(N_("Submitted the self report")),
    "return_self_report": Word(N_("Returned the self report")),
    "comment_self_report": Word(N_("Commented on the self report")),
    "call_meeting": Word(N_("Called a meeting")),
    "hold_meeting": Word(N_("Held a meeting")),
    "cancel_meeting": Word(N_("Cancelled a meeting")),
    "score_report": Word(N_("Scored a report on the panel")),
    "add_todo": Word(N_("Noted a to-do")),
    "do_todo": Word(N_("Did a to-do")),
    "propose_raters": Word(N_("Proposed peers to rate")),
    "ask_raters": Word(N_("Asked peers to rate")),
    "agree_rater": Word(N_("Agreed to a peer")),
    "decline_rater": Word(N_("Did not agree to a peer")),
    "give_rating": Word(N_("Gave a rating")),
    "finish_ratings": Word(N_("Finished the ratings")),
    "send_back_ratings": Word(N_("Sent the ratings back")),
    "claim_contribution": Word(N_("Claimed a contribution")),
    "confirm_contribution": Word(N_("Confirmed a contribution")),
    "decline_contribution": Word(N_("Did not confirm a contribution")),
    "name_provider": Word(N_("Named who reports a figure")),
    "report_figures": Word(N_("Reported figures")),
    "check_figures": Word(N_("Checked reported figures")),
    "propose_relock": Word(N_("Proposed to measure a locked cycle anew")),
    "decide_relock": Word(N_("Decided on measuring a locked cycle anew")),
    "decide_credit_difference": Word(N_("Decided whose credits hold")),
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
    "set_calendar_day": Word(N_("Set a day of the working calendar")),
    "drop_calendar_day": Word(N_("Take a day of the working calendar back")),
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
    "open_calibration": Word(N_("Opened a calibration session")),
    "close_calibration": Word(N_("Closed a calibration session")),
    "approve_calibration": Word(N_("Approved a calibration session")),
    "reopen_calibration": Word(N_("Opened a calibration session again")),
    "leave_out_of_calibration": Word(N_("Left somebody out of a calibration session")),
    "put_back_into_calibration": Word(N_("Put somebody back into a calibration session")),
    "set_calibration_terms": Word(N_("Changed a calibration session's budget or participants")),
    "write_minutes": Word(N_("Wrote the minutes of a calibration session")),
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
    "ask_customer": Word(N_("Asked a customer to rate")),
    "withdraw_customer": Word(N_("Withdrew a customer's link")),
    "draw_sample": Word(N_("Drew a sample of results")),
    "check_result": Word(N_("Checked a result")),
    "answer_finding": Word(N_("Answered a finding")),
    "settle_finding": Word(N_("Settled a finding, or left it open")),
    "attach_evidence": Word(N_("Attached evidence to an appeal")),
    "count_silence": Word(N_("Counted silence as the answer")),
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
    "join_person": Word(N_("Entered a joining")),
    "move_person": Word(N_("Entered a move")),
    "leave_person": Word(N_("Entered a leaving")),
    "absence_person": Word(N_("Entered a long leave")),
    "return_person": Word(N_("Entered a return from leave")),
    "found_unit": Word(N_("Founded a unit")),
    "move_unit": Word(N_("Moved a unit")),
    "close_unit": Word(N_("Closed a unit")),
    "import_organisation": Word(N_("Imported the organisation")),
    "add_to_cycle": Word(N_("Added somebody to a cycle")),
    "name_stand_in": Word(N_("Named a stand-in")),
    "revoke_stand_in": Word(N_("Revoked a stand-in")),
    "plan_check_in": Word(N_("Planned a check-in")),
    "hold_check_in": Word(N_("Recorded a check-in")),
    "cancel_check_in": Word(N_("Called a check-in off")),
    "end_measure": Word(N_("Closed a measure")),
    "fire_alerts": Word(N_("Told of alerts")),
    "draft_plan": Word(N_("Drafted a plan")),
    "agree_plan": Word(N_("Agreed to a plan")),
    "start_plan": Word(N_("Let a plan begin")),
    "note_plan": Word(N_("Noted something in a plan")),
    "evaluate_plan": Word(N_("Evaluated a plan")),
    "end_plan": Word(N_("Ended a plan")),
    "open_survey": Word(N_("Opened a survey")),
    "answer_survey": Word(N_("Answered a survey")),
    "close_survey": Word(N_("Closed a survey")),
    "add_programme_measure": Word(N_("Took a measure on the programme")),
    "new_goal_plan": Word(N_("Began a goal plan")),
    "add_goal": Word(N_("Added a goal to the plan")),
    "split_goal": Word(N_("Shared a goal out")),
    "set_goal": Word(N_("Set a figure of a goal")),
    "lock_goals": Word(N_("Locked figures of a goal")),
    "unlock_goals": Word(N_("Unlocked figures of a goal")),
    "set_reserve": Word(N_("Set the reserve of a goal")),
    "shape_goal": Word(N_("Spread a goal over the year")),
    "import_goals": Word(N_("Imported figures of a goal")),
    "submit_goal_plan": Word(N_("Handed a goal plan in")),
    "withdraw_goal_plan": Word(N_("Took a goal plan back")),
    "approve_goal_plan": Word(N_("Approved a goal plan")),
    "change_goal_plan": Word(N_("Began a new version of a goal plan")),
    "state_goal": Word(N_("Stated a goal of their own")),
    "restate_goal": Word(N_("Changed what a goal says")),
    "propose_goal": Word(N_("Proposed a goal")),
    "answer_goal": Word(N_("Answered a goal")),
    "settle_goal": Word(N_("Settled a goal")),
    "agree_goal": Word(N_("Approved a person's goal")),
    "return_goal": Word(N_("Sent a goal back")),
    "take_goals": Word(N_("Took a goal plan's figures into a cycle")),
}
CONFIRMATIONS = {
    "waiting": Word(N_("Not answered"), "warn"),
    "changed": Word(N_("Changed since"), "warn"),
    "disputed": Word(N_("Disputed"), "bad"),
    "confirmed": Word(N_("Confirmed"), "good"),
}
CLAIM_KINDS = {
    "dispute": Word(N_("Disputed line")),
    "missing": Word(N_("Missing deal")),
    "arrangement": Word(N_("Split or handover")),
}
CLAIMS = {
    "waiting": Word(N_("Waits for the record")),
    "open": Word(N_("To be proposed"), "warn"),
    "proposed": Word(N_("To be answered"), "active"),
    "agreed": Word(N_("Agreed"), "good"),
    "decided": Word(N_("Decided as proposed"), "good"),
    "rejected": Word(N_("Left as it was")),
    "withdrawn": Word(N_("Withdrawn")),
}
CREDIT_PROPOSALS = {
    "open": Word(N_("To be answered"), "active"),
    "declined": Word(N_("Somebody declines"), "bad"),
    "agreed": Word(N_("Agreed"), "good"),
    "decided": Word(N_("Decided by HR"), "good"),
    "rejected": Word(N_("Not carried out")),
    "replaced": Word(N_("Replaced")),
}
CHANGES = {
    "late": Word(N_("Came late"), "warn"),
    "corrected": Word(N_("Corrected"), "warn"),
    "credited": Word(N_("Credited otherwise"), "warn"),
}
RELOCKS = {
    "proposed": Word(N_("To be decided"), "warn"),
    "approved": Word(N_("Approved"), "good"),
    "declined": Word(N_("Declined"), "bad"),
}
FIGURE_REPORTS = {
    "reported": Word(N_("To be checked"), "warn"),
    "checked": Word(N_("Checked"), "good"),
    "returned": Word(N_("Sent back"), "bad"),
    "replaced": Word(N_("Replaced")),
}
CREDIT_ANSWERS = {
    "accepted": Word(N_("Accepted"), "good"),
    "declined": Word(N_("Declined"), "bad"),
}
SUBJECTS = {
    "claim": Word(N_("Claim")),
    "meeting": Word(N_("Meeting")),
    "rating": Word(N_("Rating")),
    "contribution": Word(N_("Contribution")),
    "account": Word(N_("Account")),
    "person": Word(N_("Person")),
    "unit": Word(N_("Unit")),
    "policy": Word(N_("Policy")),
    "policy_version": Word(N_("Version of a policy")),
    "import": Word(N_("Import")),
    "simulation": Word(N_("Simulation")),
    "cycle": Word(N_("Cycle")),
    "calendar_day": Word(N_("Day of the working calendar")),
    "review": Word(N_("Review")),
    "calibration": Word(N_("Calibration session")),
    "target": Word(N_("Target")),
    "agreement": Word(N_("Agreement")),
    "measure": Word(N_("Measure to take")),
    "plan": Word(N_("Plan")),
    "survey": Word(N_("Survey")),
    "goal_plan": Word(N_("Goal plan")),
}
# Goal plans: their versions, how far a goal is agreed, and how one is shared out.
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
    "accept": Word(N_("Accepted"), "good"),
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
    "appeal": Word(N_("Appeal")),
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
    "absences": ABSENCES,
    "stand_ins": STAND_INS,
    "org_entries": ORG_ENTRIES,
    "org_parts": ORG_PARTS,
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
    "self_reports": SELF_REPORTS,
    "raters": RATERS,
    "rating_words": RATING_WORDS,
    "rating_requests": RATING_REQUESTS,
    "rating_rounds": RATING_ROUNDS,
    "rating_rows": RATING_ROWS,
    "meetings": MEETINGS,
    "todos": TODOS,
    "contributions": CONTRIBUTIONS,
    "parts": PARTS,
    "calibrations": CALIBRATIONS,
    "calibration_deeds": CALIBRATION_DEEDS,
    "apart": APART,
    "actions": ACTIONS,
    "accounts": ACCOUNTS,
    "values": VALUES,
    "subjects": SUBJECTS,
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
    "appeal_outcomes": APPEAL_OUTCOMES,
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
    "confirmations": CONFIRMATIONS,
    "claims": CLAIMS,
    "claim_kinds": CLAIM_KINDS,
    "credit_proposals": CREDIT_PROPOSALS,
    "credit_answers": CREDIT_ANSWERS,
    "audit_lines": AUDIT_LINES,
    "audit_checks": AUDIT_CHECKS,
    "audit_strata": AUDIT_STRATA,
    "appeals": APPEALS,
    "channels": CHANNELS,
    "sides": SIDES,
    "pending": PENDING,
    "effects": MOVES,
    "figure_reports": FIGURE_REPORTS,
    "changes": CHANGES,
    "relocks": RELOCKS,
}


def register(app: Flask) -> None:
    app.jinja_env.filters.update(word=_word_here, tone=tone, place=place, acting_for=by_for)


@pass_context
def _word_here(_context: Context, code: str, vocabulary: str) -> str:
    # With a context, Jinja does not evaluate it for a constant once for all languages.
    return word(code, vocabulary)


def word(code: str, vocabulary: str) -> str:
    """Return what ``code`` is called in this request's language."""
    known = VOCABULARIES[vocabulary].get(code)
    return translate(known.message) if known else code


def by_for(actor: str, behalf: str | None) -> str:
    """Return who acted, and on whose behalf where they stood in for somebody."""
    return translate(N_("{actor} for {other}"), actor=actor, other=behalf) if behalf else actor


def tone(code: str, vocabulary: str) -> str:
    known = VOCABULARIES[vocabulary].get(code)
    return known.tone if known else "calm"


def place(code: str, vocabulary: str) -> int:
    """Return the place of ``code`` in its vocabulary, from 1; one of the data's own has 1."""
    codes = list(VOCABULARIES[vocabulary])
    return codes.index(code) + 1 if code in codes else 1
