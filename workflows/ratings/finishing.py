"""Finishing the ratings of people: what they came to becomes inputs, and everyone is scored again.

A finished rating can be sent back with a reason; anonymous ones stay as they were counted.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session, selectinload

from engine.errors import N_, Fault, KaohengError, Kind, Place, refuse
from engine.model import Policy, Rating
from engine.plain import dumps
from engine.rated import rated_of
from engine.stages import purpose_of
from workflows.access.actors import Actor
from workflows.access.decide import allow_person
from workflows.base.clock import day_of
from workflows.base.conditional import change_if
from workflows.cycles.apart import apart_of, measure_apart
from workflows.cycles.evaluation import evaluate_rated
from workflows.cycles.tables import Cycle
from workflows.figures.reading import given_values
from workflows.figures.tables import Figure
from workflows.log.append import append
from workflows.log.leaf import Subject
from workflows.meetings.panel import panel_facts, panel_of
from workflows.ratings.reading import last_result
from workflows.ratings.results import Given, means_of, results_of
from workflows.ratings.standing import round_of
from workflows.ratings.tables import RatingRequest, RatingResult, RatingRound
from workflows.ratings.whom import leaders_of
from workflows.reviews.tables import Review
from workflows.stages.naming import cycle_called, stage_of


def finish_ratings(
    session: Session,
    actor: Actor,
    now: datetime,
    cycle: Cycle,
    policy: Policy,
    reviews: Sequence[Review],
) -> None:
    """Finish the ratings of reviews of one cycle, all or none.

    What they came to is frozen and given as figures; after the lock everybody is scored again
    on the very inputs of the trial and these. Once the others are approved, whoever was held
    back is scored alone. Raises ``KaohengError``: ``DENIED``, ``CONFLICT`` for a review that is
    not being evaluated or is finished, that misses a rating, or whose results are approved.
    """
    for review in reviews:
        allow_person(session, actor, "lead_ratings", review.person_id)
    faults = [fault for review in reviews for fault in not_finishable(session, review, policy, now)]
    if faults:
        raise KaohengError(faults, Kind.CONFLICT)
    _claim(session, cycle, reviews)
    texts = [_freeze(session, actor, now, cycle, policy, review) for review in reviews]
    session.flush()
    if cycle.state == "locked":
        digests = evaluate_rated(session, cycle, policy, now).digests
    elif cycle.state == "approved":
        digests = measure_apart(session, cycle, policy, reviews).digests
    else:
        digests = {}
    for review, text in zip(reviews, texts, strict=True):
        _log(session, actor, now, review, "finish_ratings", {"sha256": _digest(text), **digests})


def send_back(
    session: Session, actor: Actor, now: datetime, review: Review, policy: Policy, reason: str
) -> None:
    """Open finished ratings again, with a reason; the figures hold until they are finished anew.

    Named raters may change what they gave; what was given anonymously stays, for a difference
    would tell who gave it. Raises ``KaohengError``: ``DENIED``, ``INVALID`` without a reason,
    ``CONFLICT`` where they are not finished or the review is past its evaluation.
    """
    allow_person(session, actor, "lead_ratings", review.person_id)
    if not reason.strip():
        raise refuse(
            "ratings.reason_needed",
            N_("Sending ratings back needs a reason."),
            N_("Say what should be looked at again."),
        )
    _require_evaluation(review, policy)
    _open_round(session, review, reason.strip())
    _ask_again(session, now, review, policy)
    session.expire_all()
    append(
        session,
        action="send_back_ratings",
        actor=actor,
        subject=Subject("review", review.public_id),
        at=now,
        personal={"reason": reason.strip()},
        person=review.person.public_id,
    )


def _open_round(session: Session, review: Review, reason: str) -> None:
    """Open the round of a review whose ratings are finished; refuse with ``CONFLICT`` another."""
    opened = change_if(
        session,
        update(RatingRound)
        .where(RatingRound.review_id == review.id, RatingRound.state == "finished")
        .values(state="open", version=RatingRound.version + 1, reason=reason),
    )
    if not opened:
        raise refuse(
            "ratings.not_finished",
            N_("The ratings of {person} are not finished."),
            N_("They can be changed as they are."),
            kind=Kind.CONFLICT,
            person=review.person.name,
        )


def _ask_again(session: Session, now: datetime, review: Review, policy: Policy) -> None:
    """Let those who gave a rating under their name change it."""
    named = [rating.code for rating in policy.ratings if not rating.anonymous]
    session.execute(
        update(RatingRequest)
        .where(
            RatingRequest.review_id == review.id,
            RatingRequest.state == "given",
            RatingRequest.rating.in_(named),
        )
        .values(state="asked", version=RatingRequest.version + 1, asked_at=now)
    )


def not_finishable(
    session: Session, review: Review, policy: Policy, now: datetime
) -> Iterator[Fault]:
    """Give what keeps the ratings of a review from being finished now."""
    about: dict[str, Any] = {"person": review.person.name}
    if purpose_of(policy, review.stage) != "evaluation":
        yield Fault(
            "ratings.not_evaluated_now",
            N_("{person} is in {stage}, not being evaluated."),
            N_("Move the review to its evaluation first."),
            {**about, "stage": stage_of(review)},
            Place(path=review.person.code),
        )
        return
    found = round_of(session, review)
    if found is not None and found.state == "finished":
        yield Fault(
            "ratings.finished",
            N_("The ratings of {person} are finished."),
            N_("Whoever leads the person can send them back with a reason."),
            about,
            Place(path=review.person.code),
        )
        return
    yield from unrated(session, review, policy, now)


def unrated(session: Session, review: Review, policy: Policy, now: datetime) -> Iterator[Fault]:
    """Give a fault for each kind of rater that the result cannot do without and who is missing."""
    given = _given(session, review)
    for rating in policy.ratings:
        count = len(given.get(rating.code, ()))
        if _is_needed(session, review, policy, rating, now) and count < rating.at_least:
            yield Fault(
                "ratings.missing",
                N_("{person} has no rating of the kind “{rating}” yet."),
                N_("Wait for it, or remind who was asked.")
                if count == 0 and not rating.anonymous
                else N_("There are too few of them: ask more people."),
                {"person": review.person.name, "rating": rating.name or rating.code},
                Place(path=f"{review.person.code}.{rating.code}"),
            )
    for each in policy.inputs:
        needed = each.default is None and each.if_missing == "refuse"
        if each.source == "panel" and needed and not panel_of(session, review):
            yield Fault(
                "ratings.no_panel",
                N_("No panel has scored the report of {person}."),
                N_("Hold the meeting first."),
                {"person": review.person.name},
                Place(path=f"{review.person.code}.{each.code}"),
            )


def _is_needed(
    session: Session, review: Review, policy: Policy, rating: Rating, now: datetime
) -> bool:
    """Say whether the result waits for this kind: the manager's always, else as the policy says."""
    if rating.by == "manager":
        leader = leaders_of(session, [review.person_id], day_of(session, now))[review.person_id]
        return leader is not None
    return any(each.kpi.if_unrated == "refuse" for each in rated_of(policy, rating))


def _given(session: Session, review: Review) -> dict[str, list[Given]]:
    """Return the forms that were given, by kind, in the order in which they were asked for."""
    found: dict[str, list[Given]] = {}
    for request in session.scalars(
        select(RatingRequest)
        .where(RatingRequest.review_id == review.id, RatingRequest.state == "given")
        .order_by(RatingRequest.id)
        .options(selectinload(RatingRequest.rater))
    ):
        who = request.rater.name if request.rater else request.source or ""
        found.setdefault(request.rating, []).append(Given(who, request.answers))
    return found


def _freeze(
    session: Session, actor: Actor, now: datetime, cycle: Cycle, policy: Policy, review: Review
) -> str:
    """Keep what the ratings came to, and give it as figures; return its canonical text."""
    results = results_of(policy, _given(session, review))
    before = last_result(session, review)
    if before is not None:
        results = _kept_anonymous(policy, json.loads(before.text)["ratings"], results)
    panel = panel_of(session, review)
    text = dumps({"ratings": results, "panel": panel})
    last = session.scalar(
        select(func.max(RatingResult.seq)).where(RatingResult.review_id == review.id)
    )
    session.add(
        RatingResult(
            review_id=review.id,
            seq=(last or 0) + 1,
            text=text,
            sha256=_digest(text),
            finished_at=now,
        )
    )
    _finish_round(session, review)
    facts = {**means_of(policy, results), **panel_facts(policy, panel)}
    _give(session, actor, now, cycle, policy, review, facts)
    return text


def _kept_anonymous(
    policy: Policy, before: list[dict[str, Any]], now: list[dict[str, Any]]
) -> list[dict[str, Any]]:
    """Keep what was shown of anonymous kinds: another count beside it would tell one apart."""
    shown = {each["rating"]: each for each in before if each["enough"]}
    hidden = {rating.code for rating in policy.ratings if rating.anonymous}
    return [
        shown[each["rating"]] if each["rating"] in hidden & shown.keys() else each for each in now
    ]


def _finish_round(session: Session, review: Review) -> None:
    found = round_of(session, review)
    if found is None:
        session.add(RatingRound(review_id=review.id, state="finished", version=0))
        return
    found.state, found.version = "finished", found.version + 1


def _give(
    session: Session,
    actor: Actor,
    now: datetime,
    cycle: Cycle,
    policy: Policy,
    review: Review,
    facts: dict[str, str],
) -> None:
    """Add the figures that are new or say something else; an empty one takes back an earlier."""
    known = given_values(session, cycle, policy)
    session.add_all(
        Figure(
            cycle_id=cycle.id,
            person_id=review.person_id,
            name=name,
            value=value,
            given_by=actor.account_id,
            given_at=now,
        )
        for name, value in sorted(facts.items())
        if value or (review.person_id, name) in known
    )


def _claim(session: Session, cycle: Cycle, reviews: Sequence[Review]) -> None:
    """Take the cycle's row until the commit: two who finish at once are scored in turn."""
    taken = change_if(
        session,
        update(Cycle)
        .where(Cycle.id == cycle.id, Cycle.state.in_(("open", "locked", "approved")))
        .values(version=Cycle.version + 1),
    )
    session.refresh(cycle)
    late = apart_of(session, cycle, reviews)
    if not taken or (cycle.state == "approved" and len(late) < len(reviews)):
        raise refuse(
            "ratings.results_approved",
            N_("The results of {cycle} are approved; they are not rated any more."),
            N_("A difference can be posted by whoever approved them."),
            kind=Kind.CONFLICT,
            cycle=cycle_called(cycle),
        )


def _require_evaluation(review: Review, policy: Policy) -> None:
    if purpose_of(policy, review.stage) != "evaluation":
        raise refuse(
            "ratings.not_evaluated_now",
            N_("{person} is in {stage}, not being evaluated."),
            N_("Move the review to its evaluation first."),
            kind=Kind.CONFLICT,
            person=review.person.name,
            stage=stage_of(review),
        )


def _log(
    session: Session,
    actor: Actor,
    now: datetime,
    review: Review,
    action: str,
    details: dict[str, Any],
) -> None:
    append(
        session,
        action=action,
        actor=actor,
        subject=Subject("review", review.public_id),
        at=now,
        details=details,
    )


def _digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()
