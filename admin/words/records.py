"""Records, where they come from, whose they are, and who confirms and disputes them."""

from __future__ import annotations

from admin.words.word import Vocabularies, Word
from engine.errors import N_

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
CREDIT_ANSWERS = {
    "accepted": Word(N_("Agrees"), "good"),
    "declined": Word(N_("Does not agree"), "bad"),
}
CHANGES = {
    "late": Word(N_("Came late"), "warn"),
    "corrected": Word(N_("Corrected"), "warn"),
    "credited": Word(N_("Credited otherwise"), "warn"),
}
FIGURE_REPORTS = {
    "reported": Word(N_("To be checked"), "warn"),
    "checked": Word(N_("Checked"), "good"),
    "returned": Word(N_("Sent back"), "bad"),
    "replaced": Word(N_("Replaced")),
}

VOCABULARIES: Vocabularies = {
    "imports": IMPORTS,
    "mends": MENDS,
    "records": RECORDS,
    "credits": CREDITS,
    "confirmations": CONFIRMATIONS,
    "claim_kinds": CLAIM_KINDS,
    "claims": CLAIMS,
    "credit_proposals": CREDIT_PROPOSALS,
    "credit_answers": CREDIT_ANSWERS,
    "changes": CHANGES,
    "figure_reports": FIGURE_REPORTS,
}
