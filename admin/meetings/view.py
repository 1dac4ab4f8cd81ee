"""Meetings about self reports: their list, calling one, and the page of one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from flask import redirect, request, url_for
from flask_admin import BaseView, expose
from flask_login import current_user
from sqlalchemy import select
from sqlalchemy.orm import Session, contains_eager, selectinload
from werkzeug.wrappers import Response

from admin.errors import status_of
from admin.refusals import lines
from admin.services import services
from admin.sign_in.current import current_actor
from admin.writing import writing
from engine.errors import N_, KaohengError, Kind, refuse
from engine.reporting import report_of
from workflows.access.actors import Actor
from workflows.access.decide import allow, may, people
from workflows.base.clock import today
from workflows.cycles.operations import find_cycle, policy_of
from workflows.cycles.tables import Cycle
from workflows.meetings.calling import Plan, call_meeting, end_meeting
from workflows.meetings.following import add_todo, do_todo, find_todo
from workflows.meetings.panel import score_report, scores_of
from workflows.meetings.reading import (
    find_meeting,
    has_seat,
    may_run,
    todos_of,
    visible_meetings,
)
from workflows.meetings.tables import Meeting
from workflows.org.tables import Person
from workflows.reviews.tables import Review
from workflows.rulebook.tables import PolicyVersion
from workflows.selfreports.reading import last_submitted, report_for, shown

Page = str | Response | tuple[str, int]


class MeetingsView(BaseView):  # type: ignore[misc]  # Flask-Admin has no types
    """When who reports on duty, before whom, and what came of it."""

    title = N_("Report meetings")
    icon = "people"

    def __init__(self, section: str) -> None:
        super().__init__(self.title, category=section, endpoint="meetings", url="/meetings")

    def is_accessible(self) -> bool:
        return bool(current_user.is_authenticated) and may(current_actor(), "list_reviews")

    def _run_view(self, fn: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        # Flask-Admin's own calls the view a second time after any TypeError, hiding it.
        return fn(self, *args, **kwargs)

    @expose("/")  # type: ignore[untyped-decorator]
    def index(self) -> str:
        actor = current_actor()
        with services().database.read() as session:
            return str(
                self.render(
                    "meetings/list.html",
                    meetings=session.scalars(visible_meetings(actor)).all(),
                    cycles=_cycles(session, actor) if may(actor, "call_meeting") else [],
                )
            )

    @expose("/new")  # type: ignore[untyped-decorator]
    def new(self) -> str:
        with services().database.read() as session:
            return self._plan(session)

    @expose("/new", methods=["POST"])  # type: ignore[untyped-decorator]
    def call(self) -> Page:
        allow(current_actor(), "call_meeting")
        try:
            with writing() as of:
                cycle = find_cycle(of.session, request.form.get("cycle", ""))
                key = call_meeting(of.session, of.actor, of.now, cycle, _plan()).public_id
        except KaohengError as error:
            if error.kind is Kind.MISSING:
                raise
            with services().database.read() as session:
                return self._plan(session, error), status_of(error)
        return redirect(url_for("meetings.show", key=key), 303)

    @expose("/<key>")  # type: ignore[untyped-decorator]
    def show(self, key: str) -> str:
        with services().database.read() as session:
            return self._meeting(session, key)

    @expose("/<key>/end", methods=["POST"])  # type: ignore[untyped-decorator]
    def end(self, key: str) -> Page:
        """Say that it was held, or cancel it."""

        def operation(session: Session, actor: Actor, now: datetime, meeting: Meeting) -> None:
            end_meeting(session, actor, now, meeting, request.form.get("state", ""))

        return self._done(key, operation)

    @expose("/<key>/scores/<review>", methods=["POST"])  # type: ignore[untyped-decorator]
    def score(self, key: str, review: str) -> Page:
        """Score a report as a member of the panel."""

        def operation(session: Session, actor: Actor, now: datetime, meeting: Meeting) -> None:
            found = _review(meeting, review)
            remark = request.form.get("remark", "")
            policy = policy_of(meeting.cycle)
            score_report(session, actor, now, meeting, found, policy, request.form, remark)

        return self._done(key, operation, f"report-{review}")

    @expose("/<key>/todos", methods=["POST"])  # type: ignore[untyped-decorator]
    def note(self, key: str) -> Page:
        """Note what is to be done, by whom and by when."""

        def operation(session: Session, actor: Actor, now: datetime, meeting: Meeting) -> None:
            what, who = request.form.get("what", ""), request.form.get("who", "")
            due_on = _day(request.form.get("due_on", ""))
            add_todo(session, actor, now, meeting, what=what, who=who, due_on=due_on)

        return self._done(key, operation, "todos")

    @expose("/<key>/todos/<todo>", methods=["POST"])  # type: ignore[untyped-decorator]
    def do(self, key: str, todo: str) -> Page:
        """Say that something was done, with a note."""

        def operation(session: Session, actor: Actor, now: datetime, meeting: Meeting) -> None:
            found = find_todo(session, meeting, todo)
            do_todo(session, actor, now, found, request.form.get("note", ""))

        return self._done(key, operation, "todos")

    @expose("/<key>/reports/<review>")  # type: ignore[untyped-decorator]
    def report(self, key: str, review: str) -> str:
        """Show a report as it was submitted to those who are at the meeting."""
        with services().database.read() as session:
            meeting = find_meeting(session, current_actor(), key)
            found = _review(meeting, review)
            report = report_for(session, found)
            submitted = last_submitted(session, report) if report else None
            return str(
                self.render(
                    "meetings/report.html",
                    meeting=meeting,
                    row=found,
                    submitted=submitted,
                    frozen=shown(submitted) if submitted else None,
                )
            )

    def _done(
        self,
        key: str,
        operation: Callable[[Session, Actor, datetime, Meeting], None],
        anchor: str = "",
    ) -> Page:
        """Do something at a meeting; a refusal is shown on its page, with what was typed."""
        allow(current_actor(), "list_reviews")
        try:
            with writing() as of:
                meeting = find_meeting(of.session, of.actor, key)
                operation(of.session, of.actor, of.now, meeting)
        except KaohengError as error:
            if error.kind in (Kind.MISSING, Kind.DENIED):
                raise
            with services().database.read() as session:
                return self._meeting(session, key, error, anchor), status_of(error)
        return redirect(url_for("meetings.show", key=key, _anchor=anchor or None), 303)

    def _plan(self, session: Session, error: KaohengError | None = None) -> str:
        actor = current_actor()
        allow(actor, "call_meeting")
        cycles = _cycles(session, actor)
        asked = request.values.get("cycle") or (cycles[0].code if cycles else "")
        cycle = next((each for each in cycles if each.code == asked), None)
        return str(
            self.render(
                "meetings/new.html",
                cycles=cycles,
                cycle=cycle,
                reviews=_reviews(session, actor, cycle) if cycle else [],
                lines=lines(error),
                typed=request.form if error else {},
                chosen=request.form.getlist("reporter") if error else [],
            )
        )

    def _meeting(
        self, session: Session, key: str, error: KaohengError | None = None, anchor: str = ""
    ) -> str:
        actor = current_actor()
        meeting = find_meeting(session, actor, key)
        runs, sits = may_run(session, actor, meeting), has_seat(actor, meeting)
        scores = scores_of(session, [slot.review_id for slot in meeting.slots])
        template = report_of(policy_of(meeting.cycle))
        return str(
            self.render(
                "meetings/meeting.html",
                meeting=meeting,
                runs=runs,
                sits=sits,
                # A member of the panel sees the others' scores once they have given their own.
                scores={
                    review: given
                    for review, given in scores.items()
                    if (runs and not sits)
                    or any(score.person_id == actor.oneself for score in given)
                },
                mine={
                    review: score
                    for review, given in scores.items()
                    for score in given
                    if score.person_id == actor.oneself
                },
                person_id=actor.oneself,
                criteria=template.criteria if template else (),
                todos=todos_of(session, meeting),
                today=today(services().clock(), services().settings.timezone),
                lines=lines(error),
                typed=request.form if error else {},
                refused=anchor if error else "",
            )
        )


def _plan() -> Plan:
    form = request.form
    try:
        starts_at = datetime.fromisoformat(form.get("starts_at", ""))
    except ValueError:
        starts_at = None
    if starts_at is not None and starts_at.tzinfo is None:
        starts_at = starts_at.replace(tzinfo=services().settings.timezone)
    panel = form.get("panel", "").replace("，", ",").replace(",", " ").split()
    ordered = sorted(form.getlist("reporter"), key=_position)
    return Plan(starts_at, form.get("place", ""), ordered, panel)


def _position(code: str) -> int:
    """Return where somebody stands in the order that was typed; who has no number comes last."""
    typed = request.form.get(f"order-{code}", "")
    return int(typed) if typed.isdecimal() else 10**6


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _review(meeting: Meeting, public_id: str) -> Review:
    for slot in meeting.slots:
        if slot.review.public_id == public_id:
            return slot.review
    raise refuse(
        "meetings.no_such_report",
        N_("This report is not up at the meeting."),
        N_("Choose one on the meeting's page."),
        kind=Kind.MISSING,
    )


def _cycles(session: Session, actor: Actor) -> list[Cycle]:
    """Return the cycles with self reports in which the actor may call a meeting."""
    reached = (
        select(Review.cycle_id)
        .join(Person, Person.id == Review.person_id)
        .where(people(actor, "call_meeting"))
    )
    cycles = session.scalars(
        select(Cycle)
        .where(Cycle.id.in_(reached), Cycle.state.in_(("open", "locked")))
        .order_by(Cycle.starts_on.desc(), Cycle.code)
        .options(selectinload(Cycle.policy_version).selectinload(PolicyVersion.policy))
    )
    return [cycle for cycle in cycles if report_of(policy_of(cycle)) is not None]


def _reviews(session: Session, actor: Actor, cycle: Cycle) -> list[Review]:
    return list(
        session.scalars(
            select(Review)
            .join(Review.person)
            .where(Review.cycle_id == cycle.id, people(actor, "call_meeting"))
            .order_by(Person.code)
            .options(contains_eager(Review.person), selectinload(Review.team))
        )
    )
