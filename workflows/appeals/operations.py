"""Appealing, naming who handles it, answering, and withdrawing."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine.errors import N_, KaohengError, Kind, Place, refuse
from workflows.access.actors import Actor
from workflows.access.decide import allow, allow_person, denied
from workflows.access.policy import Role
from workflows.accounts.tables import Account
from workflows.appeals.corrections import Correction, corrected
from workflows.appeals.disputed import items_of
from workflows.appeals.escalating import answer_given, expect_answer, tell
from workflows.appeals.evidence import keep_files
from workflows.appeals.handling import reasons_against
from workflows.appeals.posting import effect_now
from workflows.appeals.steps import advance_appeal, log_appeal, require_state, require_words
from workflows.appeals.tables import (
    ACCEPTED,
    OPEN,
    PROPOSED,
    REJECTED,
    SUBMITTED,
    WITHDRAWN,
    Appeal,
    AppealCorrection,
)
from workflows.appeals.window import Window, answer_days, window_of
from workflows.base.clock import timezone_of
from workflows.closing.arriving import seal_when_ready
from workflows.consultation.files import Attachment
from workflows.cycles.claiming import claim_cycle
from workflows.cycles.latest import latest_computation
from workflows.cycles.operations import policy_of
from workflows.notices.operations import notify
from workflows.reviews.tables import Review
from workflows.stages.naming import cycle_called


def submit_appeal(
    session: Session,
    actor: Actor,
    now: datetime,
    review: Review,
    *,
    names: Iterable[str],
    reason: str,
    files: Sequence[Attachment] = (),
) -> Appeal:
    """Appeal against numbers of one's own result; they are frozen as they are now.

    ``files`` are what shows that they are not right, if there is anything.

    Raises ``KaohengError``: ``DENIED`` for anybody else, ``INVALID`` without a number or a
    reason, ``CONFLICT`` outside the window, with its dates, or where an appeal waits already.
    """
    allow_person(session, actor, "submit_appeal", review.person_id)
    if actor.on_behalf_of is not None:
        raise denied("submit_appeal")
    require_words(reason, N_("Say what is not right with it, and why."))
    # The review's seal and an appeal must not pass one another.
    claim_cycle(session, review.cycle)
    policy = policy_of(review.cycle)
    window = window_of(session, review, policy)
    if not window.is_open(now):
        raise _outside(review, window, timezone_of(session))
    _refuse_second(session, review)
    appeal = _add_appeal(
        session,
        review,
        reason=reason.strip(),
        submitted_at=now,
        answer_due=now + timedelta(days=answer_days(policy)),
        items=items_of(session, review, names),
    )
    keep_files(session, actor, now, appeal, files)
    expect_answer(session, appeal)
    _tell_hr(session, now, appeal)
    details: dict[str, Any] = {"numbers": [item.name for item in appeal.items]}
    if files:
        details["files"] = [each.sha256 for each in files]
    log_appeal(session, "submit_appeal", actor, now, appeal, reason, **details)
    return appeal


def _add_appeal(session: Session, review: Review, **said: Any) -> Appeal:
    appeal = Appeal(
        public_id=uuid.uuid4().hex,
        review=review,
        seq=_next_number(session, review),
        state=SUBMITTED,
        version=0,
        **said,
    )
    session.add(appeal)
    session.flush()
    return appeal


def _tell_hr(session: Session, now: datetime, appeal: Appeal) -> None:
    message = N_("An appeal waits for somebody to handle it.")
    link = f"/appeals/{appeal.public_id}"
    tell(session, now, (Role.HR,), f"appeal {appeal.public_id}", message, link)


def withdraw_appeal(
    session: Session, actor: Actor, now: datetime, appeal: Appeal, *, seen: int
) -> None:
    """Take one's own appeal back, until it has its answer."""
    allow_person(session, actor, "submit_appeal", appeal.review.person_id)
    if actor.on_behalf_of is not None:
        raise denied("submit_appeal")
    claim_cycle(session, appeal.review.cycle)
    advance_appeal(session, actor, now, appeal, OPEN, WITHDRAWN, seen, ended_at=now, effect=None)
    answer_given(session, now, appeal)
    log_appeal(session, "withdraw_appeal", actor, now, appeal)
    seal_when_ready(session, actor, now, [appeal.review])


def assign_appeal(
    session: Session, actor: Actor, now: datetime, appeal: Appeal, *, handler: str, seen: int
) -> None:
    """Name the account that handles an appeal.

    Raises ``KaohengError``: ``DENIED``, also for who appeals, ``CONFLICT``, and ``INVALID`` with
    every reason against it for somebody who scored, approved or leads the person.
    """
    allow_person(session, actor, "assign_appeal", appeal.review.person_id)
    account = session.scalar(select(Account).where(Account.username == handler))
    if account is None:
        raise refuse(
            "appeals.no_handler",
            N_("There is no account {handler!r}."),
            N_("Choose one of those that may handle it."),
            place=Place(path="handler"),
            handler=handler,
        )
    if against := reasons_against(session, appeal, account):
        raise KaohengError(against)
    before = (SUBMITTED, ACCEPTED)
    advance_appeal(
        session, actor, now, appeal, before, SUBMITTED, seen, "assigned", handler_id=account.id
    )
    message = N_("You were named to handle an appeal.")
    key = f"appeal {appeal.public_id} assigned {appeal.version}"
    notify(session, now, account, key, message, link=f"/appeals/{appeal.public_id}")
    log_appeal(session, "assign_appeal", actor, now, appeal, handler=account.public_id)


def accept_appeal(
    session: Session, actor: Actor, now: datetime, appeal: Appeal, *, seen: int
) -> None:
    """Take an appeal up, as the one who was named to handle it."""
    require_handler(session, actor, appeal)
    advance_appeal(session, actor, now, appeal, (SUBMITTED,), ACCEPTED, seen)
    log_appeal(session, "accept_appeal", actor, now, appeal)
    _tell_author(session, now, appeal, N_("Your appeal is being handled."))


def reject_appeal(
    session: Session, actor: Actor, now: datetime, appeal: Appeal, *, answer: str, seen: int
) -> None:
    """Answer that the result stands, with an explanation."""
    require_handler(session, actor, appeal)
    require_words(answer, N_("Explain to the person why the result stands."), "answer")
    # What was proposed and is not granted after all is nobody's to read as if it had been.
    values: dict[str, Any] = {"answer": answer.strip(), "ended_at": now, "effect": None}
    claim_cycle(session, appeal.review.cycle)
    advance_appeal(
        session, actor, now, appeal, (ACCEPTED, PROPOSED), REJECTED, seen, text=answer, **values
    )
    answer_given(session, now, appeal)
    _tell_author(session, now, appeal, N_("Your appeal has its answer: the result stands."))
    log_appeal(session, "reject_appeal", actor, now, appeal, answer)
    seal_when_ready(session, actor, now, [appeal.review])


def propose_correction(
    session: Session,
    actor: Actor,
    now: datetime,
    appeal: Appeal,
    *,
    corrections: Sequence[Correction],
    answer: str,
    seen: int,
) -> None:
    """Propose what is to be corrected; whoever approves it sees everybody whom it moves.

    A later proposal replaces one that was not approved. Raises ``KaohengError``: ``DENIED`` for
    anybody but the handler, ``INVALID`` for a correction that cannot be, ``CONFLICT``.
    """
    require_handler(session, actor, appeal)
    require_words(answer, N_("Explain to the person what is corrected, and why."), "answer")
    require_state(appeal, (ACCEPTED, PROPOSED), seen)
    base = latest_computation(session, appeal.review.cycle)
    found = corrected(session, appeal.review, base, corrections)
    effect = effect_now(session, appeal.review, base, found)
    values = {"answer": answer.strip(), "effect": effect.text}
    advance_appeal(
        session, actor, now, appeal, (ACCEPTED, PROPOSED), PROPOSED, seen, text=answer, **values
    )
    number = _keep_corrections(session, appeal, corrections, found.was)
    message = N_("A correction after an appeal waits for its approval.")
    roles = (Role.FINANCE, Role.SALES_DIRECTOR)
    key = f"appeal {appeal.public_id} proposed {number}"
    tell(session, now, roles, key, message, f"/appeals/{appeal.public_id}")
    log_appeal(
        session,
        "propose_correction",
        actor,
        now,
        appeal,
        answer,
        corrections=len(corrections),
        moved=len(effect.moved),
        effect=effect.digest,
    )


def _keep_corrections(
    session: Session,
    appeal: Appeal,
    corrections: Sequence[Correction],
    before: Sequence[str | None],
) -> int:
    """Keep what is proposed as the appeal's next round; return its number."""
    number = max((each.round for each in appeal.corrections), default=0) + 1
    session.add_all(
        AppealCorrection(
            appeal_id=appeal.id,
            round=number,
            kind=each.kind,
            name=each.name,
            was=was,
            becomes=each.becomes.strip(),
        )
        for each, was in zip(corrections, before, strict=True)
    )
    session.flush()
    session.expire(appeal, ["corrections"])
    return number


def require_handler(session: Session, actor: Actor, appeal: Appeal) -> None:
    """Refuse with ``DENIED`` anybody but the account that was named, and its stand-in too.

    Whoever has come to score, approve or lead the person since is refused as well.
    """
    allow(actor, "handle_appeal")
    if (
        appeal.handler is None
        or actor.account_id != appeal.handler_id
        or actor.on_behalf_of is not None
    ):
        raise refuse(
            "appeals.not_handler",
            N_("This appeal is not yours to handle; nobody stands in for its handler either."),
            N_("HR names who handles it."),
            kind=Kind.DENIED,
        )
    if against := reasons_against(session, appeal, appeal.handler):
        raise KaohengError(against, Kind.DENIED)


def _next_number(session: Session, review: Review) -> int:
    last = session.scalar(select(func.max(Appeal.seq)).where(Appeal.review_id == review.id))
    return (last or 0) + 1


def _refuse_second(session: Session, review: Review) -> None:
    waiting = select(Appeal.id).where(Appeal.review_id == review.id, Appeal.state.in_(OPEN))
    if session.scalar(waiting) is not None:
        raise refuse(
            "appeals.waits",
            N_("Your appeal against this result waits for its answer already."),
            N_("Withdraw it first, if there is more to say."),
            kind=Kind.CONFLICT,
        )


def _outside(review: Review, window: Window, zone: ZoneInfo) -> Exception:
    if window.opens is None:
        return refuse(
            "appeals.not_yet",
            N_("The result of {cycle} is not approved yet, or its time to appeal has not begun."),
            N_("Talk with your manager until then."),
            kind=Kind.CONFLICT,
            cycle=cycle_called(review.cycle),
        )
    if window.ends is None:
        return refuse(
            "appeals.closed",
            N_("The result of {cycle} is closed, or its appeal stage is over."),
            N_("Ask HR: a closed review is opened again with an approval."),
            kind=Kind.CONFLICT,
            cycle=cycle_called(review.cycle),
        )
    return refuse(
        "appeals.outside",
        N_("One could appeal against {cycle} from {opens} until {ends}."),
        N_("Ask HR: a closed review is opened again with an approval."),
        kind=Kind.CONFLICT,
        cycle=cycle_called(review.cycle),
        opens=_minute(window.opens, zone),
        ends=_minute(window.ends, zone),
    )


def _minute(moment: datetime, zone: ZoneInfo) -> str:
    return f"{moment.astimezone(zone):%Y-%m-%d %H:%M}"


def _tell_author(session: Session, now: datetime, appeal: Appeal, message: str) -> None:
    key = f"appeal {appeal.public_id} {appeal.version}"
    link = f"/appeals/{appeal.public_id}"
    notify(session, now, appeal.review.person_id, key, message, link=link)
