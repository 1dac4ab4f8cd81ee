"""The demo's running quarter, brought to calibration by the real operations."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.orm import Session

from workflows.access.actors import Actor
from workflows.accounts.operations import actor_of_account
from workflows.accounts.tables import Account
from workflows.application import open_application
from workflows.base.settings import load_settings
from workflows.cycles.operations import find_cycle, lock_cycle, policy_of
from workflows.reviews.moves import move_review
from workflows.reviews.of_cycle import reviews_of
from workflows.reviews.steps import steps_from
from workflows.reviews.tables import Review

CYCLE = "demo-quarterly@2025-Q4"
BEFORE_LOCK = ("submit_goals", "approve_goals")
AFTER_LOCK = ("start_evaluation", "submit_evaluation")


def bring_to_calibration(home: Path) -> int:
    """Lock the quarter and move everybody to calibration; return how many people there are."""
    app = open_application(load_settings({"KAOHENG_HOME": str(home)}))
    now = app.clock()
    try:
        with app.database.write() as session:
            found = sa.select(Account).where(Account.username == "hr")
            hr = actor_of_account(session.scalars(found).one())
            cycle = find_cycle(session, CYCLE)
            for transition in BEFORE_LOCK:
                _move(session, hr, now, reviews_of(session, cycle), transition)
            lock_cycle(session, hr, now, cycle)
            reviews = reviews_of(session, cycle)
            for transition in AFTER_LOCK:
                _move(session, hr, now, reviews, transition)
            return len(reviews)
    finally:
        app.close()


def _move(session: Session, hr: Actor, now: object, reviews: list[Review], transition: str) -> None:
    for review in reviews:
        policy = policy_of(review.cycle)
        if any(step.code == transition for step in steps_from(policy, review.stage)):
            move_review(session, hr, now, review, policy, transition=transition)  # type: ignore[arg-type]
