"""Policies: their versions, what is asked and said of them, and whom they cover."""

from __future__ import annotations

from admin.words.word import Vocabularies, Word
from engine.errors import N_
from workflows.rulefiles.bringing import OUTCOMES

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
    "declined": Word(N_("Did not consent"), "bad"),
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

VOCABULARIES: Vocabularies = {
    "versions": VERSIONS,
    "submissions": SUBMISSIONS,
    "consents": CONSENTS,
    "simulations": SIMULATIONS,
    "brought": BROUGHT,
    "periods": PERIODS,
    "coverage": COVERAGE,
    "bulk": BULK,
    "consultations": CONSULTATIONS,
    "verdicts": VERDICTS,
    "threads": THREADS,
}
