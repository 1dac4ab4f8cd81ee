"""What is known of a person beside their numbers, shown beside the form: each subject has a line.

A provider gives what its subject knows of a review's person in its period, of which ``actor``
may see everything that it gives.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from engine.errors import N_
from workflows.access.actors import Actor
from workflows.contributions.tables import Contribution
from workflows.reviews.tables import Review
from workflows.selfreports.reading import comments_on, report_for
from workflows.tracking.finding import visible_check_ins
from workflows.tracking.tables import CheckIn


@dataclass(frozen=True, slots=True)
class Item:
    """One thing: ``kind`` is a msgid marked with ``N_``; ``link`` leads to where it is."""

    kind: str
    text: str
    at: datetime
    by: str = ""
    link: str = ""
    more: dict[str, Any] = field(default_factory=dict)


Provider = Callable[[Session, Actor, Review], list[Item]]


def evidence_beside(session: Session, actor: Actor, review: Review) -> list[Item]:
    """Return everything that the providers know, the newest first."""
    found = [item for provider in PROVIDERS for item in provider(session, actor, review)]
    return sorted(found, key=lambda item: item.at, reverse=True)


def _comments(session: Session, _actor: Actor, review: Review) -> list[Item]:
    report = report_for(session, review)
    return [
        Item(
            N_("Comment on the self report"),
            each.text,
            each.said_at,
            each.author.username,
            f"/reviews/{review.public_id}/self-report#comments",
        )
        for each in (comments_on(session, report) if report else ())
    ]


def _contributions(session: Session, _actor: Actor, review: Review) -> list[Item]:
    words = {"assist": N_("Assist, confirmed"), "sharing": N_("Sharing session, confirmed")}
    found = session.scalars(
        select(Contribution)
        .where(
            Contribution.person_id == review.person_id,
            Contribution.state == "confirmed",
            Contribution.done_on >= review.cycle.starts_on,
            Contribution.done_on < review.cycle.ends_on,
        )
        .options(selectinload(Contribution.confirmer))
    )
    return [
        Item(words[each.kind], each.what, each.answered_at or each.claimed_at, each.confirmer.name)
        for each in found
    ]


def _check_ins(session: Session, actor: Actor, review: Review) -> list[Item]:
    own = visible_check_ins(actor).where(CheckIn.review_id == review.id, CheckIn.state == "held")
    return [item for each in session.scalars(own) for item in _said_in(each)]


def _said_in(check_in: CheckIn) -> Iterator[Item]:
    parts = (
        (N_("Check-in"), check_in.summary),
        (N_("Praise in a check-in"), check_in.praise),
        (N_("Problem in a check-in"), check_in.problems),
        (N_("Advice in a check-in"), check_in.advice),
    )
    at, by = check_in.recorded_at or check_in.planned_at, check_in.recorder
    for kind, text in parts:
        if text:
            link = f"/check-ins/{check_in.public_id}"
            yield Item(kind, text, at, by.username if by else "", link)


PROVIDERS: tuple[Provider, ...] = (
    _check_ins,
    _comments,
    _contributions,
)
