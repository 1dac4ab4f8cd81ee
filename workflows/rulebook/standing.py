"""What a version is on a day: in force, coming, superseded; by its policy's publications."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from sqlalchemy import BindParameter, ColumnElement, ScalarSelect, case, exists, or_, select
from sqlalchemy.orm import InstrumentedAttribute, aliased

from workflows.rulebook.tables import PolicyVersion, Publication

Day = date | BindParameter[date]


def ruling(policy_id: InstrumentedAttribute[int], on: Day) -> ScalarSelect[int]:
    """Return the id of the version that is in force on a day, for a statement about policies."""
    begun = or_(Publication.effective_on.is_(None), Publication.effective_on <= on)
    return (
        select(Publication.version_id)
        .where(Publication.policy_id == policy_id, begun)
        .order_by(Publication.effective_on.desc().nulls_last(), Publication.id.desc())
        .limit(1)
        .scalar_subquery()
    )


def ruling_of(publications: Iterable[Publication], on: date) -> Publication | None:
    """Return which of one policy's publications rules on a day: what ``ruling`` asks of tables."""
    begun = [each for each in publications if each.effective_on is None or each.effective_on <= on]
    return max(begun, key=lambda each: (each.effective_on or date.min, each.id), default=None)


def standing(on: Day) -> ColumnElement[str]:
    """Say of a ``PolicyVersion``: ``in_force`` on a day, ``coming`` after it, ``superseded``, or
    what it is without a publication (``submitted``, ``withdrawn``).
    """
    return case(
        (PolicyVersion.state != "published", PolicyVersion.state),
        (PolicyVersion.id == ruling(PolicyVersion.policy_id, on), "in_force"),
        (_is_to_come(on), "coming"),
        else_="superseded",
    )


def _is_to_come(on: Day) -> ColumnElement[bool]:
    own, over = aliased(Publication), aliased(Publication)
    overridden = exists().where(
        over.policy_id == own.policy_id, over.effective_on == own.effective_on, over.id > own.id
    )
    return exists().where(own.version_id == PolicyVersion.id, own.effective_on > on, ~overridden)
