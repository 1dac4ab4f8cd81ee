"""Reports, ratings, meetings and contributions."""

from __future__ import annotations

from admin.words.word import Vocabularies, Word
from engine.errors import N_

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

VOCABULARIES: Vocabularies = {
    "self_reports": SELF_REPORTS,
    "raters": RATERS,
    "rating_words": RATING_WORDS,
    "rating_requests": RATING_REQUESTS,
    "rating_rounds": RATING_ROUNDS,
    "rating_rows": RATING_ROWS,
    "meetings": MEETINGS,
    "todos": TODOS,
    "contributions": CONTRIBUTIONS,
}
