"""One goal as a tree: a node, what it is shared out to, and the forms that change it."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, abort, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.exceptions import BadRequest
from werkzeug.wrappers import Response

from admin.errors import status_of
from admin.goals import typed
from admin.people.review import today
from admin.refusals import lines
from admin.services import services
from admin.sign_in.current import current_actor
from admin.writing import Writing, writing
from engine.errors import KaohengError, Kind
from workflows.access.decide import allow_everywhere, may_everywhere
from workflows.goals import changing, cutting, plans
from workflows.goals.claims import METHODS
from workflows.goals.cutting import INTO
from workflows.goals.last_year import last_year
from workflows.goals.problems import unreconciled
from workflows.goals.reading import visible_keys
from workflows.goals.shape import EVEN, quarters_of
from workflows.goals.store import Tree, load_tree
from workflows.goals.tree import Node

Answer = str | Response | tuple[str, int]
CURVES = ("even", "seasonal", "last-year")
blueprint = Blueprint("goal_tree", __name__, url_prefix="/goals/<int:year>/goal/<code>")


@blueprint.get("")
def show(year: int, code: str) -> str:
    return _page(year, code)


@blueprint.post("/split")
def split(year: int, code: str) -> Answer:
    """Share a node out, or all nodes of its level."""

    def change(of: Writing, tree: Tree, key: int) -> None:
        keys = [key]
        if request.form.get("level") == "all":
            kind = tree.rows[key].kind
            keys = [node.key for node in tree.root.walk() if node.kind == kind]
        cutting.split_nodes(
            of.session, of.actor, of.now, tree, keys, typed.way(), today=today(),
            seen=typed.seen(),
        )  # fmt: skip

    return _changed(year, code, change)


@blueprint.post("/figure")
def figure(year: int, code: str) -> Answer:
    """Set an amount, a ratio or a reserve, or lock and unlock a figure."""

    def change(of: Writing, tree: Tree, key: int) -> None:
        step, reason, seen = request.form.get("step"), request.form.get("reason", ""), typed.seen()
        if step == "amount":
            changing.change_amount(
                of.session, of.actor, of.now, tree, key, typed.amount("amount"), reason=reason,
                taken=typed.taken(), seen=seen,
            )  # fmt: skip
        elif step == "ratio":
            changing.change_ratio(
                of.session, of.actor, of.now, tree, key, typed.amount("ratio"), reason=reason,
                seen=seen,
            )  # fmt: skip
        elif step == "reserve":
            changing.change_reserve(
                of.session, of.actor, of.now, tree, key, typed.amount("reserve"),
                factor=typed.number(request.form.get("factor", ""), "factor"), seen=seen,
            )  # fmt: skip
        elif step in ("lock", "unlock"):
            changing.lock_nodes(
                of.session, of.actor, of.now, tree, [key], locked=step == "lock", seen=seen
            )
        else:
            raise BadRequest

    return _changed(year, code, change)


@blueprint.post("/curve")
def curve(year: int, code: str) -> Answer:
    """Spread the year over its months by another curve."""

    def change(of: Writing, tree: Tree, key: int) -> None:
        kind = request.form.get("kind", "")
        if kind not in CURVES:
            raise BadRequest
        shape = EVEN
        if kind == "last-year":
            shape = last_year(of.session, tree.goal)
        elif kind == "seasonal":
            words = request.form.get("months", "").split()
            shape = tuple(typed.number(word, "months") or EVEN[0] * 0 for word in words)
        changing.change_shape(
            of.session, of.actor, of.now, tree, shape, kind=kind, key=key, seen=typed.seen()
        )

    return _changed(year, code, change)


def _changed(year: int, code: str, change: Callable[[Writing, Tree, int], None]) -> Answer:
    """Change a tree; a refusal is shown on the same node's page, with what was typed."""
    allow_everywhere(current_actor(), "plan_goals")
    at = request.form.get("at", type=int)
    try:
        with writing() as of:
            tree = _tree(of.session, year, code)
            key = request.form.get("node", type=int) or tree.root.key
            if key not in tree.rows:
                abort(404)
            change(of, tree, key)
    except KaohengError as error:
        if error.kind in (Kind.MISSING, Kind.DENIED):
            raise
        return _page(year, code, error), status_of(error)
    return redirect(url_for("goal_tree.show", year=year, code=code, at=at), 303)


def _tree(session: Session, year: int, code: str, seq: int | None = None) -> Tree:
    plan = plans.find_plan(session, current_actor(), year)
    goal = plans.find_goal(session, plan, code)
    return load_tree(session, plans.newest_version(session, plan, seq), goal)


def _page(year: int, code: str, error: KaohengError | None = None) -> str:
    actor = current_actor()
    with services().database.read() as session:
        tree = _tree(session, year, code, request.args.get("version", type=int))
        visible = visible_keys(session, actor, tree)
        path = _path(tree, request.values.get("at", type=int))
        node = path[-1]
        children = [each for each in node.children if visible is None or each.key in visible]
        if visible is not None and not ({each.key for each in path} <= visible | {tree.root.key}):
            abort(404)
        may_plan = may_everywhere(actor, "plan_goals") and tree.version.state == "draft"
        return render_template(
            "goals/tree.html",
            section_of_page="goals",
            plan=tree.goal.plan,
            goal=tree.goal,
            version=tree.version,
            path=path,
            node=node,
            row=tree.rows[node.key],
            children=[(each, tree.rows[each.key]) for each in children],
            whole=visible is None,
            gaps=unreconciled(session, actor, tree),
            quarters=quarters_of,
            may_plan=may_plan,
            methods=METHODS,
            into=INTO,
            curves=CURVES,
            lines=lines(error),
            typed=request.form if error else {},
        )


def _path(tree: Tree, at: int | None) -> list[Node]:
    """Return the nodes from the top to the one that is shown; 404 for one that is not there."""
    if at is None:
        return [tree.root]
    if at not in tree.rows:
        abort(404)
    nodes = {node.key: node for node in tree.root.walk()}
    path: list[Node] = []
    key: int | None = at
    while key is not None:
        path.insert(0, nodes[key])
        key = tree.rows[key].parent_id
    return path
