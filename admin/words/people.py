"""Roles, units, and how people are in the organisation."""

from __future__ import annotations

from admin.words.word import Vocabularies, Word
from engine.errors import N_
from workflows.org.books.layout import WORDS as ORG_WORDS

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
ACCOUNTS = {"active": Word(N_("Active"), "good"), "inactive": Word(N_("Switched off"), "bad")}
UNITS = {
    "company": Word(N_("Company")),
    "region": Word(N_("Region")),
    "team": Word(N_("Team")),
}
MEMBERSHIPS = {"member": Word(N_("Member")), "manager": Word(N_("Manager"), "active")}
LEAVES = ORG_WORDS["absences.kind"]
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

VOCABULARIES: Vocabularies = {
    "roles": ROLES,
    "accounts": ACCOUNTS,
    "units": UNITS,
    "memberships": MEMBERSHIPS,
    "absences": ABSENCES,
    "stand_ins": STAND_INS,
    "org_entries": ORG_ENTRIES,
    "org_parts": ORG_PARTS,
}
