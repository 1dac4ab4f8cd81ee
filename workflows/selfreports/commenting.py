"""Saying something of a report; a comment may lead to what was granted or proposed for it."""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.errors import N_, KaohengError, Kind, refuse
from workflows.access.actors import Actor
from workflows.access.decide import allow_person
from workflows.incentives.tables import LedgerEntry, Proposal
from workflows.log.append import append
from workflows.log.leaf import Subject
from workflows.notices.operations import notify
from workflows.reviews.tables import Review
from workflows.selfreports.reading import report_for
from workflows.selfreports.tables import ReportComment

LONGEST = 4_000


def comment_report(
    session: Session,
    actor: Actor,
    now: datetime,
    review: Review,
    text: str,
    *,
    reward: str = "",
) -> ReportComment:
    """Comment on a report; ``reward`` names a proposal (``proposal:3``) or a grant (``entry:7``)
    of this review that the comment leads to.

    Raises ``KaohengError``: ``DENIED``, ``INVALID`` without a text, ``CONFLICT`` before there is
    a report, ``MISSING`` for a reward of another review.
    """
    allow_person(session, actor, "answer_self_report", review.person_id)
    said = _text_given(text)
    report = report_for(session, review)
    if report is None or actor.account_id is None:
        raise _nothing_written(review)
    proposal, entry = _reward(session, review, reward)
    comment = ReportComment(
        report_id=report.id,
        author_id=actor.account_id,
        text=said,
        proposal_id=proposal.id if proposal else None,
        entry_id=entry.id if entry else None,
        said_at=now,
    )
    session.add(comment)
    session.flush()
    notify(
        session,
        now,
        review.person_id,
        f"report-comment-{comment.id}",
        N_("Somebody commented on your self report."),
        link=f"/reviews/{review.public_id}/self-report#comments",
    )
    append(
        session,
        action="comment_self_report",
        actor=actor,
        subject=Subject("review", review.public_id),
        at=now,
        details={
            "text_sha256": sha256(said.encode()).hexdigest(),
            "proposal": comment.proposal_id,
            "entry": comment.entry_id,
        },
    )
    return comment


def _text_given(text: str) -> str:
    said = text.strip()
    if not said or len(said) > LONGEST:
        raise refuse(
            "selfreports.comment",
            N_("A comment needs a text of at most {most} characters."),
            N_("Say what you mean."),
            most=LONGEST,
        )
    return said


def _nothing_written(review: Review) -> KaohengError:
    return refuse(
        "selfreports.nothing_written",
        N_("{person} has not written a report yet."),
        N_("Wait for it, or ask the person."),
        kind=Kind.CONFLICT,
        person=review.person.name,
    )


def rewards_of(session: Session, review: Review) -> tuple[list[Proposal], list[LedgerEntry]]:
    """Return what a comment on this review's report may lead to."""
    proposals = session.scalars(
        select(Proposal).where(Proposal.review_id == review.id).order_by(Proposal.id)
    )
    entries = session.scalars(
        select(LedgerEntry).where(LedgerEntry.review_id == review.id).order_by(LedgerEntry.id)
    )
    return list(proposals), [each for each in entries if each.kind != "reversal"]


def _reward(
    session: Session, review: Review, reward: str
) -> tuple[Proposal | None, LedgerEntry | None]:
    if not reward:
        return None, None
    kind, _, number = reward.partition(":")
    proposals, entries = rewards_of(session, review)
    for proposal in proposals:
        if (kind, number) == ("proposal", str(proposal.id)):
            return proposal, None
    for entry in entries:
        if (kind, number) == ("entry", str(entry.id)):
            return None, entry
    raise refuse(
        "selfreports.no_reward",
        N_("The review has no such grant or proposal."),
        N_("Choose one of the list."),
        kind=Kind.MISSING,
    )
