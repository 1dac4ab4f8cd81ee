"""What people write about a claim: neither nothing nor a book."""

from __future__ import annotations

from engine.errors import N_, Place, refuse

LONGEST = 4000


def reason_given(reason: str, *, field: str = "reason") -> str:
    """Return a reason without the blanks around it; refuse one that is missing or too long."""
    said = reason.strip()
    if not said or len(said) > LONGEST:
        raise refuse(
            "claims.reason_needed",
            N_("A reason is needed, of at most 4,000 characters."),
            N_("Say why: it stays with the claim, and those concerned read it."),
            place=Place(path=field),
        )
    return said
