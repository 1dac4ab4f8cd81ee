"""The year's grid of a goal: people and lines by months, by hand, pasted, or as a workbook."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import closing
from io import BytesIO

from flask import Blueprint, redirect, render_template, request, send_file, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from admin.errors import status_of
from admin.goals import typed
from admin.preferences import language
from admin.refusals import lines
from admin.services import services
from admin.sign_in.current import current_actor
from admin.writing import Writing, writing
from engine.errors import KaohengError, Kind, Place
from engine.plain import plain_number
from workflows.access.decide import allow_everywhere
from workflows.goals import plans
from workflows.goals.exchange import export_goals, import_goals
from workflows.goals.grid import Row, Sent, leaves_of, pasted, require_rows, take_months
from workflows.goals.problems import unreconciled
from workflows.goals.shape import MONTHS
from workflows.goals.store import Tree, load_tree
from workflows.goals.tables import GoalPlan
from workflows.goals.workbook import LIMITS, read_goals

Answer = str | Response | tuple[str, int]
PAGE = 60  # rows that a page shows: more inputs than that make it slow
blueprint = Blueprint("goal_grid", __name__, url_prefix="/goals/<int:year>")


@blueprint.get("/goal/<code>/grid")
def show(year: int, code: str) -> str:
    allow_everywhere(current_actor(), "plan_goals")
    return _page(year, code)


@blueprint.post("/goal/<code>/grid")
def save(year: int, code: str) -> Answer:
    """Take the cells of the grid, or a block that was pasted."""
    allow_everywhere(current_actor(), "plan_goals")
    try:
        with writing() as of:
            tree = _tree(of.session, year, code)
            block = request.form.get("block", "")
            sent = pasted(tree, block) if block.strip() else _typed(require_rows(tree))
            leaves = leaves_of(tree, sent)
            take_months(
                of.session, of.actor, of.now, tree, leaves, taken=typed.taken(), seen=typed.seen()
            )
    except KaohengError as error:
        if error.kind in (Kind.MISSING, Kind.DENIED):
            raise
        return _page(year, code, error), status_of(error)
    page = request.form.get("page", type=int)
    return redirect(url_for("goal_grid.show", year=year, code=code, page=page), 303)


@blueprint.get("/workbook.xlsx")
def workbook(year: int) -> Response:
    """Give the year's targets as a workbook, a sheet a goal."""
    actor = current_actor()
    allow_everywhere(actor, "plan_goals")
    with services().database.read() as session:
        plan = plans.find_plan(session, actor, year)
        data = export_goals(session, actor, plans.newest_version(session, plan), language())
    return send_file(
        BytesIO(data),
        mimetype="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        as_attachment=True,
        download_name=f"goals-{year}.xlsx",
        etag=False,
    )


@blueprint.get("/workbook")
def sending(year: int) -> str:
    allow_everywhere(current_actor(), "plan_goals")
    return _workbook_page(year)


@blueprint.post("/workbook")
def send(year: int) -> Answer:
    """Take a workbook that came back: all of it, or nothing."""
    allow_everywhere(current_actor(), "plan_goals")

    def take(of: Writing, plan: GoalPlan) -> None:
        with closing(request.files["file"]) as file:
            data, name = file.stream.read(LIMITS.file_bytes + 1), file.filename or "xlsx"
        import_goals(
            of.session, of.actor, of.now, plan, plans.newest_version(of.session, plan),
            read_goals(data, name), file=name, taken=typed.taken(),
            over=request.form.get("over") == "yes",
        )  # fmt: skip

    return _sent(year, take)


def _sent(year: int, take: Callable[[Writing, GoalPlan], None]) -> Answer:
    try:
        with writing() as of:
            take(of, plans.find_plan(of.session, of.actor, year))
    except KaohengError as error:
        if error.kind in (Kind.MISSING, Kind.DENIED):
            raise
        return _workbook_page(year, error), status_of(error)
    return redirect(url_for("goal_plan.show", year=year), 303)


def _typed(rows: Sequence[Row]) -> list[Sent]:
    """Return the rows of the form: those whose cells it had."""
    found = []
    for row in rows:
        names = [f"m-{row.key}-{month}" for month in range(MONTHS)]
        if names[0] in request.form:
            cells = tuple(request.form.get(name, "") for name in names)
            where = f"{row.code} {row.label}".strip()
            places = tuple(Place(path=f"{where} {month}") for month in ("", "", *range(1, 13)))
            found.append(Sent(row.code, row.label, cells, places))
    return found


def _tree(session: Session, year: int, code: str) -> Tree:
    plan = plans.find_plan(session, current_actor(), year)
    goal = plans.find_goal(session, plan, code)
    return load_tree(session, plans.newest_version(session, plan), goal)


def _page(year: int, code: str, error: KaohengError | None = None) -> str:
    with services().database.read() as session:
        tree = _tree(session, year, code)
        rows = require_rows(tree)
        pages = -(-len(rows) // PAGE)
        page = min(max(request.values.get("page", 1, type=int), 1), pages)
        return render_template(
            "goals/grid.html",
            section_of_page="goals",
            plan=tree.goal.plan,
            goal=tree.goal,
            version=tree.version,
            rows=rows[(page - 1) * PAGE : page * PAGE],
            page=page,
            pages=pages,
            has_lines=any(row.label for row in rows),
            open=tree.version.state == "draft",
            gaps=unreconciled(session, current_actor(), tree),
            plain=plain_number,
            lines=lines(error),
            typed=request.form if error else {},
        )


def _workbook_page(year: int, error: KaohengError | None = None) -> str:
    with services().database.read() as session:
        plan = plans.find_plan(session, current_actor(), year)
        return render_template(
            "goals/workbook.html",
            section_of_page="goals",
            plan=plan,
            version=plans.newest_version(session, plan),
            lines=lines(error),
            typed=request.form if error else {},
        )
