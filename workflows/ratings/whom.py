"""Whom somebody leads on a day, for many people at once."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from sqlalchemy.orm import Session

from workflows.org.leading import managers_of


def leaders_of(session: Session, person_ids: Collection[int], on: date) -> dict[int, int | None]:
    """Return who leads each person, by id; None for who is at the top. Few statements."""
    found = managers_of(session, person_ids, on)
    return {person: found[person].id if person in found else None for person in person_ids}
