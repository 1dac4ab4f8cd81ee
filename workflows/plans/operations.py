"""A plan's way: drafted, agreed by both, running, evaluated, ended."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from engine.errors import N_, Fault, KaohengError, Kind, Place, refuse
from engine.model import Policy
from workflows.access.actors import Actor
from workflows.access.decide import allow_person, denied, roles_towards
from workflows.base.conditional import change_if
from workflows.cycles.operations import policy_of
from workflows.incentives.tables import LedgerEntry
from workflows.log.append import append
from workflows.log.leaf import Subject
from workflows.notices.operations import notify
from workflows.org.leading import manager_of
from workflows.org.tables import Person
from workflows.plans.diagnosis import diagnosis_of
from workflows.plans.effect import effect_of
from workflows.plans.tables import Plan, PlanNote
from workflows.reviews.tables import Review
from workflows.tracking.texts import day_faults, text_faults
from workflows.tracking.undertakings import NewMeasure, add_measures, measure_faults

KINDS = ("improvement", "development")
DRAFT, AGREED, RUNNING, EVALUATED, ENDED = "draft", "agreed", "running", "evaluated", "ended"
NOTES = ("training", "post", "reappraisal", "evidence", "follow_up")
# The grants of the ledger that a plan may carry out.
GRANTS = ("plan", "training")


@dataclass(frozen=True, slots=True)
class Draft:
    """A plan as it is typed. ``rule``, ``kpi`` and ``path`` are codes of the policy, if any.

    ``mentor`` is a person's code. A development plan says strengths and needs.
    """

    kind: str
    goal: str
    starts_on: date | None
    ends_on: date | None
    rule: str = ""
    kpi: str = ""
    path: str = ""
    training: str = ""
    strengths: str = ""
    needs: str = ""
    mentor: str = ""
    measures: Sequence[NewMeasure] = field(default=())


def draft_plan(
    session: Session, actor: Actor, now: datetime, review: Review, draft: Draft, today: date
) -> Plan:
    """Draft a plan from a review, with what its figures say now; both then have to agree.

    A grant of a plan or a training that the review's rules gave is linked. Raises
    ``KaohengError`` with everything that is missing; ``DENIED`` for one's own review.
    """
    allow_person(session, actor, "draft_plan", review.person_id)
    if actor.person_id == review.person_id:
        raise denied("draft_plan")
    mentor = _person(session, draft.mentor)
    if faults := _faults(session, policy_of(review.cycle), review, draft, mentor, today):
        raise KaohengError(faults)
    plan = _plan(session, actor, now, review, draft, mentor, today)
    session.add(plan)
    session.flush()
    where = {"plan_id": plan.id, "review_id": review.id}
    measures = add_measures(session, now, draft.measures, **where)
    for person_id in _both(session, plan, today):
        notify(
            session,
            now,
            person_id,
            f"plan/{plan.public_id}/drafted",
            N_("A plan for {person} waits for your agreement."),
            link=f"/plans/{plan.public_id}",
            person=review.person.name,
        )
    _log(
        session,
        "draft_plan",
        actor,
        now,
        plan,
        kind=plan.kind,
        rule=plan.rule,
        kpi=plan.kpi,
        measures=[each.public_id for each in measures],
    )
    return plan


def agree_plan(session: Session, actor: Actor, now: datetime, plan: Plan) -> None:
    """Agree to a draft, as the person or as whoever leads them; by both it is agreed.

    Raises ``KaohengError``: ``CONFLICT`` where it is no draft any more, or one's side agreed.
    """
    allow_person(session, actor, "agree_plan", plan.person_id)
    as_person = "owner" in roles_towards(session, actor, "agree_plan", plan.person_id)
    side, other = "person_agreed_at", "manager_agreed_at"
    if not as_person:
        side, other = other, side
    if getattr(plan, side) is not None:
        raise _conflict()
    values: dict[str, object] = {side: now}
    if getattr(plan, other) is not None:
        values["state"] = AGREED
    _advance(session, plan, (DRAFT,), **values)
    _log(session, "agree_plan", actor, now, plan, side="person" if as_person else "manager")


def start_plan(session: Session, actor: Actor, now: datetime, plan: Plan) -> None:
    """Let a plan that both agreed to begin. CONFLICT for any other."""
    _allow_leading(session, actor, plan)
    _advance(session, plan, (AGREED,), state=RUNNING, started_at=now)
    _tell_person(session, now, plan, "started", N_("Your plan has begun."))
    _log(session, "start_plan", actor, now, plan)


def note_plan(
    session: Session,
    actor: Actor,
    now: datetime,
    plan: Plan,
    *,
    kind: str,
    happened_on: date | None,
    text: str,
    link: str,
    today: date,
) -> PlanNote:
    """Keep what happened: training, another post, a reappraisal, evidence; never changed."""
    allow_person(session, actor, "note_plan", plan.person_id)
    faults = text_faults("text", text, N_("It is not said what happened."))
    faults += text_faults("link", link)
    missing = N_("The day is missing, or has not come yet.")
    faults += day_faults("happened_on", happened_on, missing, until=today)
    if kind not in NOTES:
        faults.append(_fault("kind", N_("It is not said what kind of note this is.")))
    if link.strip() and not link.strip().startswith(("http://", "https://", "/")):
        faults.append(_fault("link", N_("A link begins with https:// or with /.")))
    if faults:
        raise KaohengError(faults)
    if plan.state in (DRAFT, ENDED):
        raise _conflict()
    note = PlanNote(
        plan_id=plan.id,
        kind=kind,
        happened_on=happened_on,
        text=text.strip(),
        link=link.strip() or None,
        author_id=actor.account_id,
        noted_at=now,
    )
    session.add(note)
    session.flush()
    _log(session, "note_plan", actor, now, plan, kind=kind, note=note.id)
    return note


def evaluate_plan(
    session: Session, actor: Actor, now: datetime, plan: Plan, conclusion: str
) -> None:
    """Say what came of a running plan, with what the figures say before and after it."""
    _allow_leading(session, actor, plan)
    missing = N_("It is not said what came of the plan.")
    if faults := text_faults("conclusion", conclusion, missing):
        raise KaohengError(faults)
    effect = effect_of(session, plan)
    _advance(
        session,
        plan,
        (RUNNING,),
        state=EVALUATED,
        evaluated_at=now,
        effect=effect,
        conclusion=conclusion.strip(),
    )
    _tell_person(session, now, plan, "evaluated", N_("Your plan was evaluated."))
    _log(session, "evaluate_plan", actor, now, plan, cycles=len(effect))


def end_plan(session: Session, actor: Actor, now: datetime, plan: Plan, reason: str) -> None:
    """End a plan: an evaluated one as it is, any other only with a reason."""
    _allow_leading(session, actor, plan)
    missing = None if plan.state == EVALUATED else N_("A plan ends early only with a reason.")
    if faults := text_faults("reason", reason, missing):
        raise KaohengError(faults)
    _advance(
        session,
        plan,
        (DRAFT, AGREED, RUNNING, EVALUATED),
        state=ENDED,
        ended_at=now,
        reason=reason.strip() or None,
    )
    _tell_person(session, now, plan, "ended", N_("Your plan has ended."))
    _log(session, "end_plan", actor, now, plan)


def _allow_leading(session: Session, actor: Actor, plan: Plan) -> None:
    """Let those move a plan on who may draft it, and nobody their own."""
    allow_person(session, actor, "draft_plan", plan.person_id)
    if actor.person_id == plan.person_id:
        raise denied("draft_plan")


def _advance(session: Session, plan: Plan, states: Sequence[str], **values: object) -> None:
    moved = change_if(
        session,
        update(Plan)
        .where(Plan.id == plan.id, Plan.state.in_(states), Plan.version == plan.version)
        .values(version=plan.version + 1, **values),
    )
    session.refresh(plan)
    if not moved:
        raise _conflict()


def _conflict() -> KaohengError:
    return refuse(
        "plans.not_in_state",
        N_("The plan has gone on meanwhile, or is not so far yet."),
        N_("Look at it again: its page says what may be done now."),
        kind=Kind.CONFLICT,
    )


def _plan(
    session: Session,
    actor: Actor,
    now: datetime,
    review: Review,
    draft: Draft,
    mentor: Person | None,
    today: date,
) -> Plan:
    found = diagnosis_of(session, review, today)
    improves = draft.kind == "improvement"
    return Plan(
        public_id=uuid.uuid4().hex,
        kind=draft.kind,
        person_id=review.person_id,
        review_id=review.id,
        grant_id=_grant(session, review) if improves else None,
        state=DRAFT,
        version=0,
        rule=draft.rule or None,
        kpi=draft.kpi or None,
        path=draft.path or None,
        goal=draft.goal.strip(),
        training=draft.training.strip() or None,
        strengths=draft.strengths.strip() or None,
        needs=draft.needs.strip() or None,
        mentor_id=mentor.id if mentor else None,
        starts_on=draft.starts_on,
        ends_on=draft.ends_on,
        diagnosis=[each.plain() for each in found.findings],
        drafted_by=actor.account_id,
        drafted_at=now,
    )


def _grant(session: Session, review: Review) -> int | None:
    """Return the grant that the plan carries out: one of the review that no plan has yet."""
    taken = select(Plan.grant_id).where(Plan.grant_id.is_not(None))
    found = session.execute(
        select(LedgerEntry.id, LedgerEntry.kind)
        .where(
            LedgerEntry.review_id == review.id,
            LedgerEntry.kind.in_(GRANTS),
            LedgerEntry.id.not_in(taken),
        )
        .order_by(LedgerEntry.id)
    ).all()
    ordered = sorted(found, key=lambda each: GRANTS.index(each.kind))
    return ordered[0].id if ordered else None


def _faults(
    session: Session,
    policy: Policy,
    review: Review,
    draft: Draft,
    mentor: Person | None,
    today: date,
) -> list[Fault]:
    faults = []
    if draft.kind not in KINDS:
        faults.append(_fault("kind", N_("A plan is for improvement or for development.")))
    faults += text_faults("goal", draft.goal, N_("The goal of the plan is missing."))
    develops = draft.kind == "development"
    for part, missing in (
        ("strengths", N_("The strengths are missing.")),
        ("needs", N_("It is not said what the person needs.")),
    ):
        faults += text_faults(part, getattr(draft, part), missing if develops else None)
    faults += text_faults("training", draft.training)
    faults += day_faults("starts_on", draft.starts_on, N_("The plan's first day is missing."))
    faults += day_faults("ends_on", draft.ends_on, N_("The plan's last day is missing."))
    if draft.starts_on and draft.ends_on and draft.ends_on <= draft.starts_on:
        faults.append(_fault("ends_on", N_("The plan ends before it begins.")))
    for part, known in (
        ("rule", [each.code for each in policy.plans]),
        ("kpi", [each.code for each in policy.kpis]),
        ("path", [each.code for each in policy.paths]),
    ):
        if getattr(draft, part) and getattr(draft, part) not in known:
            faults.append(_fault(part, N_("The policy of this review has no such entry.")))
    if draft.mentor and (mentor is None or mentor.id == review.person_id):
        faults.append(_fault("mentor", N_("There is no such mentor, or it is the person.")))
    owners = plan_owners(session, review, mentor, today)
    return [*faults, *measure_faults(draft.measures, owners, today)]


def plan_owners(session: Session, review: Review, mentor: Person | None, today: date) -> list[str]:
    """Return the codes of those who may take on a plan's measures: person, leader, mentor."""
    manager = manager_of(session, review.person_id, today)
    people = [review.person, manager, mentor]
    return list(dict.fromkeys(person.code for person in people if person is not None))


def _both(session: Session, plan: Plan, today: date) -> list[int]:
    manager = manager_of(session, plan.person_id, today)
    return [plan.person_id, *([manager.id] if manager else [])]


def _tell_person(session: Session, now: datetime, plan: Plan, step: str, message: str) -> None:
    link = f"/plans/{plan.public_id}"
    notify(session, now, plan.person_id, f"plan/{plan.public_id}/{step}", message, link=link)


def _person(session: Session, code: str) -> Person | None:
    return session.scalar(select(Person).where(Person.code == code)) if code else None


def _fault(field_name: str, message: str) -> Fault:
    return Fault(
        f"plans.{field_name}",
        message,
        N_("Correct it, and send it again."),
        place=Place(path=field_name),
    )


def _log(
    session: Session, action: str, actor: Actor, now: datetime, plan: Plan, **details: object
) -> None:
    append(
        session,
        action=action,
        actor=actor,
        subject=Subject("plan", plan.public_id),
        at=now,
        details={"state": plan.state, **details},
    )
