"""A manager's people × rated KPIs in one table: saved as one goes, wrong cells named."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Blueprint, Flask, render_template, request
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from admin.refusals import by_field
from admin.refusals import lines as in_words
from admin.services import services
from admin.sign_in.current import current_actor
from admin.writing import writing
from engine.errors import N_, Fault, KaohengError, Kind, refuse
from engine.model import Policy, Rating
from engine.rated import rated_of
from workflows.access.actors import Actor
from workflows.access.decide import allow
from workflows.cycles.operations import find_cycle, policy_of
from workflows.cycles.tables import Cycle
from workflows.ratings.finishing import finish_ratings
from workflows.ratings.forms import faults_of, wrong_points
from workflows.ratings.giving import give_rating, save_answers
from workflows.ratings.grid import GridRow, grid_rows

Answer = str | Response | tuple[str, int]
blueprint = Blueprint("rating_grid", __name__)


@dataclass(frozen=True, slots=True)
class Said:
    """How an attempt went: how many people it was done for, and why the rest stay."""

    done: int
    refusals: dict[str, list[str]]


def register(app: Flask) -> None:
    app.register_blueprint(blueprint)


@blueprint.get("/ratings/<cycle>")
def show(cycle: str) -> str:
    with services().database.read() as session:
        return _page(session, current_actor(), cycle)


@blueprint.post("/ratings/<cycle>")
def keep(cycle: str) -> Answer:
    """Save the cells that were sent; then give or finish those that were asked for, each alone."""
    allow(current_actor(), "rate")
    _save(cycle)
    do = request.form.get("do")
    said = _each(cycle, do) if do in ("give", "finish") else None
    with services().database.read() as session:
        if "HX-Request" in request.headers:
            return _state(session, current_actor(), cycle)
        page = _page(session, current_actor(), cycle, said)
    return page, 200 if said is None or not said.refusals else 409


def _save(code: str) -> None:
    with writing() as of:
        cycle, policy, rating = _of(of.session, code)
        cells = _cells()
        for row in grid_rows(of.session, of.actor, of.now, cycle, rating):
            typed = cells.get(row.review.public_id)
            if typed and row.is_open:
                save_answers(of.session, of.actor, of.now, row.review, policy, rating, typed)


def _each(code: str, do: str) -> Said:
    """Do it for each chosen person in a transaction of its own."""
    done, refusals = 0, {}
    for key in request.form.getlist("person"):
        name = key
        try:
            with writing() as of:
                cycle, policy, rating = _of(of.session, code)
                rows = grid_rows(of.session, of.actor, of.now, cycle, rating)
                row = next((row for row in rows if row.review.public_id == key), None)
                if row is None:
                    continue
                name = row.review.person.name
                _do(of.session, of.actor, of.now, cycle, policy, rating, row, do)
            done += 1
        except KaohengError as error:
            if error.kind is Kind.MISSING:
                raise
            refusals[name] = in_words(error)
    return Said(done, refusals)


def _do(
    session: Session,
    actor: Actor,
    now: datetime,
    cycle: Cycle,
    policy: Policy,
    rating: Rating,
    row: GridRow,
    do: str,
) -> None:
    if row.is_open:
        give_rating(session, actor, now, row.review, policy, rating, {})
    if do == "finish":
        finish_ratings(session, actor, now, cycle, policy, [row.review])


def _of(session: Session, code: str) -> tuple[Cycle, Policy, Rating]:
    """Return the cycle and how a manager rates in it; refuse with ``MISSING`` where none does."""
    cycle = find_cycle(session, code)
    policy = policy_of(cycle)
    rating = next((each for each in policy.ratings if each.by == "manager"), None)
    if rating is None:
        raise refuse(
            "ratings.no_grid",
            N_("Managers rate nobody in {cycle}."),
            N_("Everything in it is measured, or rated by others."),
            kind=Kind.MISSING,
            cycle=code,
        )
    return cycle, policy, rating


def _cells() -> dict[str, dict[str, dict[str, str]]]:
    """Return the points that were sent, named ``<review>:<kpi>``, by review and KPI."""
    found: dict[str, dict[str, dict[str, str]]] = {}
    for name, value in request.form.items():
        review, colon, kpi = name.partition(":")
        if colon:
            found.setdefault(review, {})[kpi] = {"points": value}
    return found


def _shown(session: Session, actor: Actor, code: str) -> dict[str, Any]:
    cycle, policy, rating = _of(session, code)
    rows = grid_rows(session, actor, services().clock(), cycle, rating)
    wrong: list[Fault] = []
    words: dict[str, int] = {}
    for row in rows:
        about = f"{row.review.public_id}:"
        wrong += wrong_points(policy, rating, row.answers, about)
        missing = faults_of(policy, rating, row.answers) if row.is_open else []
        words[row.review.public_id] = sum(
            fault.code in ("ratings.extreme", "ratings.bare_criticism") for fault in missing
        )
    faults = by_field(KaohengError(wrong) if wrong else None)
    return {
        "cycle": cycle,
        "policy": policy,
        "rating": rating,
        "rows": rows,
        "kpis": [rated.kpi for rated in rated_of(policy, rating)],
        "faults": {str(place).removesuffix(".points"): said for place, said in faults.items()},
        "words": words,
        "names": {row.review.public_id: row.review.person.name for row in rows},
    }


def _state(session: Session, actor: Actor, code: str) -> str:
    return render_template("evaluation/grid_state.html", **_shown(session, actor, code))


def _page(session: Session, actor: Actor, code: str, said: Said | None = None) -> str:
    allow(actor, "rate")
    return render_template(
        "evaluation/grid.html", section_of_page="team", said=said, **_shown(session, actor, code)
    )
