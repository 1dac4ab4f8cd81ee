"""What the service shows of the year, and what it should by the model, in the same plain words."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from fractions import Fraction
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from tests.workflows.machine.model.people import PEOPLE
from tests.workflows.machine.model.results import measured_grade, total
from tests.workflows.machine.model.state import Review as Told
from tests.workflows.machine.model.state import Year
from workflows.access.actors import Actor
from workflows.access.decide import people
from workflows.accounts.tables import Account
from workflows.appeals.tables import Appeal
from workflows.claims.tables import CreditClaim
from workflows.closing.holding import is_held
from workflows.closing.sealed import is_sealed
from workflows.closing.tables import Reopening, ReviewSeal
from workflows.cycles.tables import Cycle
from workflows.feedback.tables import FeedbackTalk
from workflows.goals.tables import GoalOffer, GoalVersion
from workflows.incentives.tables import LedgerEntry
from workflows.notices.tables import Notice
from workflows.org.tables import Person
from workflows.ratings.tables import RatingRequest, RatingRound
from workflows.reviews.tables import Review
from workflows.selfreports.tables import Report
from workflows.standins.tables import StandIn
from workflows.targets.tables import Target

Shown = dict[str, Any]
_STAGE_NOTICES = {
    "stage_deadline": "deadline",
    "stage_reminder": "reminder",
    "stage_silence": "silence",
    "stage_escalation": "escalation",
}


def seen(session: Session, cycle: Cycle) -> Shown:
    """Return what the database has of the cycle."""
    return {
        "cycle": cycle.state,
        **{
            f"{code} {what}": value
            for what, by in _of_reviews(session, cycle).items()
            for code, value in by.items()
        },
        "plans": list(session.scalars(sa.select(GoalVersion.state).order_by(GoalVersion.seq))),
        "goals": _goals(session),
        "targets": _targets(session),
        "claims": _claims(session),
        "appeals": _appeals(session),
        "reopenings": _reopenings(session),
        "forms": _forms(session),
        "ledger": _ledger(session),
        "stand-ins": list(
            session.scalars(sa.select(StandIn.revoked_at.is_not(None)).order_by(StandIn.id))
        ),
        "told": _told(session),
    }


def expected(year: Year) -> Shown:
    """Return the same of the model."""
    shown: Shown = {"cycle": year.state}
    for person, review in year.reviews.items():
        shown |= {
            f"{person} {what}": value for what, value in _expected(year, person, review).items()
        }
    return shown | {
        "plans": [plan.state for plan in year.plans],
        "goals": {person: (goal.state, goal.amount) for person, goal in year.plan.goals.items()},
        "targets": year.targets,
        "claims": [(each.person, each.number, each.state) for each in year.claims],
        "appeals": {
            (person, number): (each.state, each.version, each.handler, each.escalated)
            for person, review in year.reviews.items()
            for number, each in enumerate(review.appeals, 1)
        },
        "reopenings": {
            (person, number): each.state
            for person, review in year.reviews.items()
            for number, each in enumerate(review.reopenings, 1)
        },
        "forms": {
            (person, kind, rater): form.state
            for person, review in year.reviews.items()
            for (kind, rater), form in review.forms.items()
        },
        "ledger": {person: amount for person, amount in year.ledger.items() if amount},
        "stand-ins": [each.revoked for each in year.standins],
        "told": year.told,
    }


def seals(session: Session, cycle: Cycle) -> dict[tuple[str, int], tuple[str, ...]]:
    """Return every seal by person and number, with the digests that it holds a review to."""
    rows = session.execute(
        sa.select(
            Person.code,
            ReviewSeal.number,
            ReviewSeal.version_digest,
            ReviewSeal.inputs_sha256,
            ReviewSeal.outputs_sha256,
            ReviewSeal.grants_sha256,
            ReviewSeal.checkpoint,
        )
        .join(Review, Review.person_id == Person.id)
        .join(ReviewSeal, ReviewSeal.review_id == Review.id)
        .where(Review.cycle_id == cycle.id)
    )
    return {(code, number): tuple(digests) for code, number, *digests in rows}


def seen_by(session: Session, actor: Actor) -> set[str]:
    """Return whose reviews somebody sees."""
    codes = session.scalars(sa.select(Person.code).where(people(actor, "list_reviews")))
    return set(codes) & set(PEOPLE)


def _expected(year: Year, person: str, review: Told) -> Shown:
    talk = review.talk
    return {
        "stands": (review.stage, review.version),
        "grades": (measured_grade(year, person), review.calibrated),
        "total": total(year, person),
        "sealed": review.sealed,
        "held": review.held,
        "seals": review.seals,
        "report": "draft" if review.report == "returned" else review.report,
        "rated": review.rated,
        "talk": (talk.version, talk.held, talk.acknowledged) if talk else None,
    }


def _of_reviews(session: Session, cycle: Cycle) -> dict[str, dict[str, Any]]:
    number = sa.func.count(ReviewSeal.id)
    counted = (
        sa.select(number).where(ReviewSeal.review_id == Review.id).correlate(Review)
    ).scalar_subquery()
    rows = session.execute(
        sa.select(
            Person.code, Review, is_sealed(), is_held(), counted, Report.state, RatingRound.state,
            FeedbackTalk,
        )
        .join(Review, Review.person_id == Person.id)
        .outerjoin(Report, Report.review_id == Review.id)
        .outerjoin(RatingRound, RatingRound.review_id == Review.id)
        .outerjoin(FeedbackTalk, FeedbackTalk.review_id == Review.id)
        .where(Review.cycle_id == cycle.id)
    ).all()  # fmt: skip
    found: dict[str, dict[str, Any]] = {}
    for code, review, sealed, held, seals_, report, rated, talk in rows:
        shown = {
            "stands": (review.stage, review.version),
            "grades": (review.grade, review.calibrated_grade),
            "total": None if review.total is None else Fraction(review.total),
            "sealed": bool(sealed),
            "held": bool(held),
            "seals": seals_,
            "report": report or "none",
            "rated": rated == "finished",
            "talk": (talk.version, talk.held_on is not None, talk.acknowledged_at is not None)
            if talk
            else None,
        }
        for what, value in shown.items():
            found.setdefault(what, {})[code] = value
    return found


def _goals(session: Session) -> dict[str, tuple[str, int]]:
    newest = sa.select(sa.func.max(GoalVersion.id)).scalar_subquery()
    rows = session.execute(
        sa.select(Person.code, GoalOffer.state, GoalOffer.amounts)
        .join(GoalOffer, GoalOffer.person_id == Person.id)
        .where(GoalOffer.version_id == newest)
    )
    return {code: (state, int(Decimal(amounts[0]))) for code, state, amounts in rows}


def _targets(session: Session) -> dict[str, Fraction]:
    rows = session.execute(
        sa.select(Person.code, Target.amount).join(Target, Target.person_id == Person.id)
    )
    return {code: Fraction(amount) for code, amount in rows}


def _claims(session: Session) -> list[tuple[str, str, str]]:
    rows = session.execute(
        sa.select(Person.code, CreditClaim.contract, CreditClaim.state)
        .join(Person, Person.id == CreditClaim.person_id)
        .order_by(CreditClaim.id)
    )
    return [tuple(row) for row in rows]


def _appeals(session: Session) -> dict[tuple[str, int], tuple[Any, ...]]:
    rows = session.execute(
        sa.select(
            Person.code,
            Appeal.seq,
            Appeal.state,
            Appeal.version,
            Account.username,
            Appeal.escalated_at.is_not(None),
        )
        .join(Review, Review.id == Appeal.review_id)
        .join(Person, Person.id == Review.person_id)
        .outerjoin(Account, Account.id == Appeal.handler_id)
    )
    return {(code, seq): (*shown, bool(late)) for code, seq, *shown, late in rows}


def _reopenings(session: Session) -> dict[tuple[str, int], str]:
    rows = session.execute(
        sa.select(Person.code, Reopening.seq, Reopening.state)
        .join(Review, Review.id == Reopening.review_id)
        .join(Person, Person.id == Review.person_id)
    )
    return {(code, seq): state for code, seq, state in rows}


def _forms(session: Session) -> dict[tuple[str, str, str], str]:
    rater = sa.orm.aliased(Person)
    rows = session.execute(
        sa.select(Person.code, RatingRequest.rating, rater.code, RatingRequest.state)
        .join(Review, Review.id == RatingRequest.review_id)
        .join(Person, Person.id == Review.person_id)
        .join(rater, rater.id == RatingRequest.rater_id)
    )
    return {(code, kind, by): state for code, kind, by, state in rows}


def _ledger(session: Session) -> dict[str, int]:
    sums: Counter[str] = Counter()
    rows = session.execute(
        sa.select(Person.code, LedgerEntry.amount_minor).join(LedgerEntry.person)
    )
    for code, amount in rows:
        sums[code] += amount or 0
    return {code: amount // 100 for code, amount in sums.items() if amount}


def _told(session: Session) -> set[tuple[str, str]]:
    """Return what was told of stages: to whom, what, of which stage and deadline."""
    rows = session.execute(
        sa.select(Person.code, Notice.key)
        .join(Notice, Notice.person_id == Person.id)
        .where(Notice.key.startswith("stage_"))
    ).all()
    found = set()
    for code, key in rows:
        kind, *parts = key.split(":")
        words = [_STAGE_NOTICES[kind]]
        if kind == "stage_reminder":
            parts.pop(0)
        _, stage, day = parts[:3]
        found.add((code, " ".join([*words, stage, day])))
    assert len(found) == len(rows), "each is told once"
    return found
