"""The states that something is in, in words: what a refusal says in place of a code."""

from __future__ import annotations

from engine.errors import N_
from engine.model import Bilingual
from workflows.base.i18n import gettext
from workflows.base.settings import LANGUAGES

STATES = {
    "appeals": {
        "submitted": N_("Submitted"),
        "accepted": N_("Being handled"),
        "proposed": N_("Correction proposed"),
        "rejected": N_("The result stands"),
        "posted": N_("Corrected and posted"),
        "withdrawn": N_("Taken back"),
    },
    "audit_lines": {
        "open": N_("To be checked"),
        "sound": N_("Signed off"),
        "finding": N_("Finding"),
        "answered": N_("Finding answered"),
        "settled": N_("Finding settled"),
    },
    "calibrations": {
        "open": N_("Open"),
        "closed": N_("To be approved"),
        "done": N_("Approved"),
    },
    "claims": {
        "waiting": N_("Waits for the record"),
        "open": N_("To be proposed"),
        "proposed": N_("To be answered"),
        "agreed": N_("Agreed"),
        "decided": N_("Decided as proposed"),
        "rejected": N_("Left as it was"),
        "withdrawn": N_("Withdrawn"),
    },
    "cycles": {
        "open": N_("Open"),
        "locked": N_("Data locked"),
        "approving": N_("Being approved"),
        "approved": N_("Approved"),
        "sealed": N_("Sealed"),
    },
    "meetings": {
        "planned": N_("Planned"),
        "held": N_("Held"),
        "cancelled": N_("Cancelled"),
    },
    "proposals": {
        "open": N_("To decide"),
        "accepted": N_("Accepted"),
        "declined": N_("Declined"),
    },
    "reopenings": {
        "open": N_("To decide"),
        "approved": N_("Approved"),
        "declined": N_("Not approved"),
    },
    "self_reports": {
        "draft": N_("Being written"),
        "submitted": N_("Submitted"),
    },
    "submissions": {
        "open": N_("To decide"),
        "published": N_("Published"),
        "withdrawn": N_("Withdrawn"),
    },
}


def state_named(of: str, state: str) -> Bilingual:
    """Return what a state of ``of`` (``cycles``, ``appeals`` …) is called within a sentence."""
    zh, en = (gettext(STATES[of][state], language) for language in LANGUAGES)
    return Bilingual(zh, en[:1].lower() + en[1:])
