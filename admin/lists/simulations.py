"""Simulations: what other rules would give, each with what it argued for."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from flask import abort, request
from flask_admin import expose
from sqlalchemy import ColumnElement, Select, false, select
from sqlalchemy.orm import Session, contains_eager, joinedload
from werkzeug.wrappers import Response

from admin.lists.columns import Column, Filter
from admin.lists.named import CycleFilter, PolicyFilter
from admin.lists.view import ListView
from admin.services import services
from admin.sign_in.current import current_actor
from admin.simulations.charts import pairs
from admin.simulations.files import people_file
from admin.simulations.tables import WHO, asked_of, narrowed, people, team_rows
from admin.simulations.told import left_of, movers_of, pairs_of
from admin.words import word
from engine.errors import N_
from workflows.access.actors import Actor
from workflows.access.decide import may_everywhere
from workflows.cycles.tables import Cycle
from workflows.jobs.queue import JobState, status
from workflows.rulebook.tables import PolicyRow, PolicyVersion
from workflows.simulation.operations import run_simulation
from workflows.simulation.reading import Told, find_simulation, told
from workflows.simulation.tables import Simulation

Page = str | Response


class SimulationsView(ListView):
    """Simulations, the newest first."""

    operation = "list_simulations"
    title = N_("Simulations")
    about = N_("What a draft would give everybody in a cycle, beside what is in force.")
    icon = "simulations"
    columns = (
        Column("policy", N_("Policy"), lambda row: row.policy.name, "named", PolicyRow.code),
        Column("cycle", N_("Cycle"), lambda row: row.cycle, "cycle", Cycle.code),
        Column("state", N_("State"), lambda row: (row.state, "simulations"), "badge"),
        Column("asked", N_("Asked on"), lambda row: row.asked_at, "instant", Simulation.asked_at),
        Column("author", N_("By"), lambda row: row.author.username if row.author else None),
    )
    filters = (
        PolicyFilter("policy", N_("Policy"), PolicyRow.code),
        CycleFilter("cycle", N_("Cycle"), Cycle.code),
        Filter("state", N_("State"), Simulation.state, lambda state: word(state, "simulations")),
    )
    searched = (Cycle.code,)
    default_order = (Simulation.id.desc(),)
    loads = (
        contains_eager(Simulation.policy),
        contains_eager(Simulation.cycle)
        .selectinload(Cycle.policy_version)
        .selectinload(PolicyVersion.policy),
        joinedload(Simulation.author),
    )
    details_template = "simulations/simulation.html"

    def visible(self, actor: Actor) -> Select[Any]:
        rows = select(Simulation).join(Simulation.policy).join(Simulation.cycle)
        return rows if may_everywhere(actor, self.operation) else rows.where(false())

    def keyed(self, key: str) -> ColumnElement[bool]:
        return Simulation.public_id == key

    def key(self, row: Any) -> str:
        return str(row.public_id)

    def details_context(self, session: Session, actor: Actor, row: Any) -> Mapping[str, Any]:  # noqa: ARG002
        if row.state != "done":
            return {"is_dead": is_dead(row)}
        all_told, asked = told(row), asked_of(request.args)
        chosen = _chosen(all_told, asked.filters.get("candidate", ""))
        summary = chosen.summary
        return {
            "all_told": all_told,
            "chosen": chosen,
            "movers": movers_of(session, chosen),
            "people": people(session, chosen.rows, asked),
            "teams": team_rows(session, chosen.rows, chosen.after.rounding.total),
            "who": WHO,
            "grades": pairs(_bars(summary["grades"], "grade")),
            "scores": pairs(_bars(summary["scores"], "from")),
            "left": {
                each.candidate.seq: left_of(row.budget, Decimal(each.summary["after"]["money"]))
                for each in all_told
            },
            "places": chosen.after.rounding.total,
            "currency": summary["currency"],
        }

    @expose("/<key>/progress")  # type: ignore[untyped-decorator]
    def progress(self, key: str) -> Page:
        """Give the part of the page that follows a simulation; once it is over, the whole page."""
        with services().database.read() as session:
            row = find_simulation(session, current_actor(), key)
            page = str(self.render("simulations/progress.html", row=row, is_dead=is_dead(row)))
        answer = Response(page, content_type="text/html; charset=utf-8")
        if row.state != "running":
            answer.headers["HX-Refresh"] = "true"
        return answer

    @expose("/<key>/<int:seq>/people.<kind>")  # type: ignore[untyped-decorator]
    def file(self, key: str, seq: int, kind: str) -> Response:
        """Give everybody's two results as CSV or as a workbook."""
        if kind not in ("csv", "xlsx"):
            abort(404)
        with services().database.read() as session:
            chosen = self._candidate(session, key, seq)
            rows = narrowed(session, chosen.rows, asked_of(request.args))
            return people_file(session, kind, rows, chosen)

    @expose("/<key>/<int:seq>/people/<person>")  # type: ignore[untyped-decorator]
    def person(self, key: str, seq: int, person: str) -> Page:
        """Explain both sides of one of those who move most."""
        with services().database.read() as session:
            chosen = self._candidate(session, key, seq)
            mover = next(
                (each for each in movers_of(session, chosen) if each.row["person"] == person), None
            )
            if mover is None:
                abort(404)
            return str(
                self.render(
                    "simulations/person.html",
                    row=chosen.candidate.simulation,
                    chosen=chosen,
                    mover=mover,
                    values=pairs_of(chosen, person),
                    currency=chosen.summary["currency"],
                    places=chosen.after.rounding.total,
                )
            )

    def _candidate(self, session: Session, key: str, seq: int) -> Told:
        found = told(find_simulation(session, current_actor(), key))
        chosen = next((each for each in found if each.candidate.seq == seq), None)
        if chosen is None:
            abort(404)
        return chosen


def is_dead(row: Simulation) -> bool:
    """Say whether the job of a running simulation will not go on."""
    if row.state != "running":
        return False
    state = status(services().database, f"{run_simulation.name}:{row.public_id}")
    return state in (JobState.FAILED, JobState.GIVEN_UP)


def _chosen(found: list[Told], asked: str) -> Told:
    return next((each for each in found if str(each.candidate.seq) == asked), found[0])


def _bars(rows: list[dict[str, Any]], label: str) -> list[tuple[str, int, int]]:
    return [
        ("–" if row[label] is None else str(row[label]), row["before"], row["after"])
        for row in rows
    ]
