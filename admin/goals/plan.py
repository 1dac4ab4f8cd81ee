"""The plans of all years, and one plan: its goals, what does not reconcile, its versions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask_admin import BaseView, expose
from flask_login import current_user
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload
from werkzeug.exceptions import BadRequest
from werkzeug.wrappers import Response

from admin.errors import status_of
from admin.goals import typed
from admin.refusals import lines
from admin.services import services
from admin.sign_in.current import current_actor
from admin.writing import Writing, writing
from engine.errors import N_, KaohengError, Kind
from workflows.access.decide import allow, allow_everywhere, may, may_everywhere
from workflows.cycles.operations import find_cycle
from workflows.cycles.tables import Cycle
from workflows.goals import plans
from workflows.goals.problems import problems
from workflows.goals.reading import plan_rows
from workflows.goals.stating import SPANS, TREATMENTS, add_company_goal, restate_goal
from workflows.goals.tables import GoalPlan, GoalVersion
from workflows.goals.taking import take_goals
from workflows.rulebook.tables import PolicyVersion

Answer = str | Response | tuple[str, int]
blueprint = Blueprint("goal_plan", __name__, url_prefix="/goals")


class GoalsView(BaseView):  # type: ignore[misc]  # Flask-Admin has no types
    """The plans of all years."""

    title = N_("Goals")
    icon = "target"

    def __init__(self, section: str) -> None:
        super().__init__(self.title, category=section, endpoint="goals", url="/goals")

    def is_accessible(self) -> bool:
        return bool(current_user.is_authenticated) and may(current_actor(), "read_goals")

    def _run_view(self, fn: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        # Flask-Admin's own calls the view a second time after any TypeError, hiding it.
        return fn(self, *args, **kwargs)

    @expose("/")  # type: ignore[untyped-decorator]
    def index(self) -> str:
        allow(current_actor(), "read_goals")
        return _list()


@blueprint.post("/new")
def new() -> Answer:
    """Begin the plan of a year."""
    allow_everywhere(current_actor(), "plan_goals")
    year = request.form.get("year", type=int) or 0
    try:
        with writing() as of:
            name = request.form.get("name", "")
            plans.new_plan(of.session, of.actor, of.now, year=year, name=name)
    except KaohengError as error:
        return _list(error), status_of(error)
    return redirect(url_for("goal_plan.show", year=year), 303)


@blueprint.get("/<int:year>")
def show(year: int) -> str:
    return _page(year)


@blueprint.post("/<int:year>/add")
def add(year: int) -> Answer:
    """Add a goal of the company."""
    allow_everywhere(current_actor(), "plan_goals")

    def change(of: Writing, plan: GoalPlan) -> None:
        form = request.form
        add_company_goal(
            of.session, of.actor, of.now, plan, code=form.get("code", "").strip(),
            fields=typed.fields(), adds=form.get("adds") != "no",
            round_to=typed.amount("round_to"), span=form.get("span", ""),
            if_missing=form.get("if_missing", ""),
        )  # fmt: skip

    return _changed(year, change)


@blueprint.post("/<int:year>/restate/<code>")
def restate(year: int, code: str) -> Answer:
    """Change what a company goal says."""
    allow_everywhere(current_actor(), "plan_goals")

    def change(of: Writing, plan: GoalPlan) -> None:
        goal = plans.find_goal(of.session, plan, code)
        restate_goal(of.session, of.actor, of.now, goal, typed.fields())

    return _changed(year, change)


@blueprint.post("/<int:year>/version")
def version(year: int) -> Answer:
    """Hand the plan in, take it back, approve it, or begin a new version of it."""
    step = request.form.get("step", "")
    operation = "approve_goal_plan" if step == "approve" else "plan_goals"
    allow_everywhere(current_actor(), operation)

    def change(of: Writing, plan: GoalPlan) -> None:
        if step == "change":
            reason = request.form.get("reason", "")
            plans.new_version(of.session, of.actor, of.now, plan, reason=reason)
            return
        steps = {
            "submit": plans.submit_version,
            "withdraw": plans.withdraw_version,
            "approve": plans.approve_version,
        }
        if step not in steps:
            raise BadRequest
        steps[step](of.session, of.actor, of.now, plans.newest_version(of.session, plan))

    return _changed(year, change)


@blueprint.post("/<int:year>/take")
def take(year: int) -> Answer:
    """Let an open cycle take the plan's figures."""
    allow_everywhere(current_actor(), "take_goals")

    def change(of: Writing, _plan: GoalPlan) -> None:
        take_goals(of.session, of.actor, of.now, find_cycle(of.session, request.form["cycle"]))

    return _changed(year, change)


def _changed(year: int, change: Callable[[Writing, GoalPlan], None]) -> Answer:
    """Change a plan; a refusal is shown on its page, with what was typed."""
    try:
        with writing() as of:
            change(of, plans.find_plan(of.session, of.actor, year))
    except KaohengError as error:
        if error.kind in (Kind.MISSING, Kind.DENIED):
            raise
        return _page(year, error), status_of(error)
    return redirect(url_for("goal_plan.show", year=year), 303)


def _list(error: KaohengError | None = None) -> str:
    with services().database.read() as session:
        rows = session.execute(
            select(GoalPlan, GoalVersion)
            .join(GoalVersion, GoalVersion.plan_id == GoalPlan.id)
            .order_by(GoalPlan.year.desc(), GoalVersion.seq.desc())
        )
        newest: dict[int, tuple[GoalPlan, GoalVersion]] = {}
        for plan, each in rows:
            newest.setdefault(plan.id, (plan, each))
        return render_template(
            "goals/plans.html",
            section_of_page="goals",
            plans=list(newest.values()),
            may_plan=may_everywhere(current_actor(), "plan_goals"),
            next_year=services().clock().year + 1,
            lines=lines(error),
            typed=request.form if error else {},
        )


def _page(year: int, error: KaohengError | None = None) -> str:
    actor = current_actor()
    with services().database.read() as session:
        plan = plans.find_plan(session, actor, year)
        seq = request.args.get("version", type=int)
        shown = plans.newest_version(session, plan, seq)
        goals = plans.goals_in(session, plan)
        everything = may_everywhere(actor, "read_goals")
        return render_template(
            "goals/plan.html",
            section_of_page="goals",
            plan=plan,
            version=shown,
            versions=plans.versions_of(session, plan),
            goals=goals,
            rows=plan_rows(session, actor, plan, shown),
            problems=problems(session, actor, shown, goals) if everything else [],
            everything=everything,
            may_plan=may_everywhere(actor, "plan_goals"),
            may_approve=may_everywhere(actor, "approve_goal_plan"),
            cycles=_open_cycles(session, year),
            spans=SPANS,
            treatments=TREATMENTS,
            lines=lines(error),
            typed=request.form if error else {},
        )


def _open_cycles(session: Session, year: int) -> list[Cycle]:
    """Return the open cycles of a year, which may take another version's figures."""
    if not may_everywhere(current_actor(), "take_goals"):
        return []
    cycles = session.scalars(
        select(Cycle)
        .where(Cycle.state == "open")
        .order_by(Cycle.code)
        .options(joinedload(Cycle.policy_version).joinedload(PolicyVersion.policy))
    )
    return [cycle for cycle in cycles if cycle.starts_on.year == year]
