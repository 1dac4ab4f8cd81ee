"""The report on the programme after a quarter, and what HR does about it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import abort, redirect, request, url_for
from flask_admin import BaseView, expose
from flask_login import current_user
from sqlalchemy import select
from werkzeug.wrappers import Response

from admin.errors import status_of
from admin.people.stages import stage_name
from admin.services import services
from admin.sign_in.current import current_actor
from admin.tracking.typed import day, said, text
from admin.words import word
from admin.writing import Writing, writing
from engine.errors import N_, KaohengError, Kind, refuse
from workflows.access.decide import allow_everywhere, may
from workflows.cycles.operations import policy_of
from workflows.org.tables import Membership, Person
from workflows.programme.measures import add_programme_measure
from workflows.programme.questions import LEAST_ANSWERS, QUESTIONS
from workflows.programme.report import Report, programme_report, quarters
from workflows.programme.survey import (
    close_survey,
    is_over,
    open_survey,
    quarter_of,
    survey_of,
)
from workflows.tracking.undertakings import NewMeasure

Page = str | Response | tuple[str, int]


class ProgrammeView(BaseView):  # type: ignore[misc]  # Flask-Admin has no types
    """The quarters, and the report of each."""

    title = N_("The programme")
    icon = "simulations"

    def __init__(self, section: str) -> None:
        super().__init__(self.title, category=section, endpoint="programme", url="/programme")

    def is_accessible(self) -> bool:
        return bool(current_user.is_authenticated) and may(current_actor(), "read_programme")

    def _run_view(self, fn: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        # Flask-Admin's own calls the view a second time after any TypeError, hiding it.
        return fn(self, *args, **kwargs)

    @expose("/")  # type: ignore[untyped-decorator]
    def index(self) -> str:
        with services().database.read() as session:
            known = quarters(session, current_actor())
            return str(self.render("programme/quarters.html", quarters=known))

    @expose("/<quarter>")  # type: ignore[untyped-decorator]
    def report(self, quarter: str) -> str:
        allow_everywhere(current_actor(), "read_programme")
        _require_quarter(quarter)
        return self._page(quarter)

    @expose("/<quarter>/survey", methods=["POST"])  # type: ignore[untyped-decorator]
    def survey(self, quarter: str) -> Page:
        """Ask staff and managers about the quarter."""

        def asked(of: Writing) -> object:
            return open_survey(
                of.session,
                of.actor,
                of.now,
                quarter,
                closes_on=day("closes_on"),
                today=services().today(),
            )

        return self._done(quarter, asked)

    @expose("/<quarter>/survey/close", methods=["POST"])  # type: ignore[untyped-decorator]
    def close(self, quarter: str) -> Page:
        def closed(of: Writing) -> None:
            survey = survey_of(of.session, quarter_of(quarter).label)
            if survey is None:
                raise refuse(
                    "programme.not_asked",
                    N_("There is no survey about {quarter}."),
                    N_("Open one first."),
                    kind=Kind.CONFLICT,
                    quarter=quarter,
                )
            close_survey(of.session, of.actor, of.now, survey)

        return self._done(quarter, closed)

    @expose("/<quarter>/measures", methods=["POST"])  # type: ignore[untyped-decorator]
    def measure(self, quarter: str) -> Page:
        """Take a measure on what the report says."""
        typed = NewMeasure(text("what"), text("owner"), day("due"))

        def added(of: Writing) -> object:
            today = services().today()
            return add_programme_measure(of.session, of.actor, of.now, quarter, typed, today)

        return self._done(quarter, added)

    def _done(self, quarter: str, deed: Callable[[Writing], object]) -> Page:
        allow_everywhere(current_actor(), "run_programme")
        _require_quarter(quarter)
        try:
            with writing() as of:
                deed(of)
        except KaohengError as error:
            if error.kind in (Kind.MISSING, Kind.DENIED):
                raise
            return self._page(quarter, lines=said(error), typed=request.form), status_of(error)
        return redirect(url_for("programme.report", quarter=quarter), 303)

    def _page(self, quarter: str, **shown: Any) -> str:
        actor = current_actor()
        with services().database.read() as session:
            found = programme_report(session, actor, quarter, services().today())
            leaders = (
                select(Person)
                .join(Membership, Membership.person_id == Person.id)
                .where(Membership.role == "manager", Membership.valid_to.is_(None))
                .order_by(Person.code)
                .distinct()
            )
            return str(
                self.render(
                    "programme/report.html",
                    report=found,
                    stages=_stage_names(found),
                    questions=QUESTIONS,
                    least=LEAST_ANSWERS,
                    leaders=session.scalars(leaders).all(),
                    runs=may(actor, "run_programme"),
                    today=services().today(),
                    over=found.survey is not None and is_over(found.survey, services().today()),
                    **shown,
                )
            )


def _stage_names(report: Report) -> dict[str, str]:
    """Return what the policies of the quarter call the stages; the first that has one names it."""
    named: dict[str, str] = {}
    for cycle in report.cycles:
        workflow = policy_of(cycle).workflow
        for stage in workflow.stages if workflow else ():
            named.setdefault(stage, stage_name(stage, cycle))
    return {each.stage: named.get(each.stage, word(each.stage, "stages")) for each in report.stages}


def _require_quarter(quarter: str) -> None:
    """Answer that there is no such page for what is no quarter."""
    try:
        quarter_of(quarter)
    except KaohengError:
        abort(404)
