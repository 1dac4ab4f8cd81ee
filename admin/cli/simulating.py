"""``kaoheng rules simulate``: what a draft or a version would give in a cycle."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import click
from sqlalchemy.orm import Session

from admin.cli.acting import actor, application
from admin.cli.output import formatted
from engine.errors import N_, Fault, KaohengError, refuse
from engine.language.expression import number
from workflows.application import Application
from workflows.base.clock import today
from workflows.cycles.operations import find_cycle
from workflows.cycles.tables import Cycle
from workflows.jobs.service import Jobs
from workflows.rulebook.operations import version_in_force
from workflows.rulebook.reading import edit_of, find_version, open_draft
from workflows.rulebook.tables import PolicyEdit, PolicyVersion
from workflows.simulation.operations import run_simulation, simulate
from workflows.simulation.reading import find_simulation, told
from workflows.simulation.tables import Simulation

_COLUMNS = (
    "candidate",
    "person",
    "team",
    "total_before",
    "total_after",
    "grade_before",
    "grade_after",
    "coefficient_before",
    "coefficient_after",
    "pay_before",
    "pay_after",
    "difference",
)
_SUMMARY = (
    "candidate", "digest", "simulation", "people", "currency", "pay_before", "pay_after",
    "difference", "budget_left", "mean_before", "mean_after", "rise", "fall", "grade_up",
    "grade_down", "paid_more", "paid_less", "worse_off", "undecided",
)  # fmt: skip


@click.command("simulate")
@click.argument("candidates", nargs=-1, required=True, metavar="VERSION|draft:POLICY...")
@click.option("--cycle", "cycle_code", required=True, help="The cycle to try it on.")
@click.option("--against", help="The version to set it against; else the one in force.")
@click.option("--budget", help="Money of the policy's currency: says what is left of it.")
@click.option("--people", "by_person", is_flag=True, help="Everybody's two results instead.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option("--csv", "as_csv", is_flag=True, help="Print CSV.")
def simulate_(
    candidates: tuple[str, ...],
    cycle_code: str,
    against: str | None,
    budget: str | None,
    by_person: bool,
    as_json: bool,
    as_csv: bool,
) -> None:
    """Say what versions (by digest) or a policy's draft would give in a cycle; it is kept."""
    if as_json and as_csv:
        raise click.UsageError("--json or --csv, not both")
    with application() as app:
        with app.database.write() as session:
            cycle = find_cycle(session, cycle_code)
            asked = simulate(
                session,
                actor(app, session),
                app.clock(),
                cycle=cycle,
                candidates=[_candidate(session, each) for each in candidates],
                against=_against(app, session, cycle, against),
                budget=_budget(budget),
            )
            key, running = asked.public_id, asked.state == "running"
        if running:
            Jobs(app.settings, app.database).finish(f"{run_simulation.name}:{key}")
        with app.database.read() as session:
            found = find_simulation(session, actor(app, session), key)
            _require_answer(found)
            rows = list(_people(found) if by_person else _summaries(found))
    columns = _COLUMNS if by_person else _SUMMARY
    click.echo(formatted(rows, columns, as_json, as_csv), nl=False)


def _candidate(session: Session, named: str) -> PolicyEdit | PolicyVersion:
    if named.startswith("draft:"):
        draft = open_draft(session, named.removeprefix("draft:"))
        return edit_of(session, draft, draft.seq)
    return find_version(session, named)


def _against(app: Application, session: Session, cycle: Cycle, named: str | None) -> PolicyVersion:
    if named is not None:
        return find_version(session, named)
    on = today(app.clock(), app.settings.timezone)
    code = cycle.policy_version.policy.code
    return version_in_force(session, code, on) or cycle.policy_version


def _budget(typed: str | None) -> Decimal | None:
    if typed is None:
        return None
    try:
        return number(typed.replace("%", "?"))
    except ValueError as error:
        raise refuse(
            "simulation.budget_unreadable",
            N_("“{typed}” is no amount."),
            N_("Write digits, as in 500000 or 500,000.00."),
            typed=typed[:40],
        ) from error


def _require_answer(found: Simulation) -> None:
    """Refuse with what the job could not get over."""
    if found.state == "done":
        return
    raise KaohengError(
        Fault("simulation.failed", each["message"], each["remedy"], each["params"])
        for each in found.faults or []
    )


def _summaries(found: Simulation) -> Iterator[dict[str, object]]:
    for each in told(found):
        summary = each.summary
        counts, before, after = summary["counts"], summary["before"], summary["after"]
        cost = Decimal(after["money"])
        left = None if found.budget is None else found.budget - cost
        yield {
            "candidate": _called(each.candidate.kind, each.candidate.number),
            "digest": each.candidate.digest,
            "simulation": found.public_id,
            "people": summary["people"],
            "currency": summary["currency"],
            "pay_before": Decimal(before["money"]),
            "pay_after": cost,
            "difference": cost - Decimal(before["money"]),
            "budget_left": left,
            "mean_before": before["mean"],
            "mean_after": after["mean"],
            "rise": counts["rises"],
            "fall": counts["falls"],
            "grade_up": counts["grade_up"],
            "grade_down": counts["grade_down"],
            "paid_more": counts["gains"],
            "paid_less": counts["loses"],
            "worse_off": counts["worse_off"],
            "undecided": counts["undecided"],
        }


def _people(found: Simulation) -> Iterator[dict[str, object]]:
    for each in told(found):
        for row in each.rows.sort("person").iter_rows(named=True):
            yield {
                "candidate": _called(each.candidate.kind, each.candidate.number),
                "person": row["person"],
                "team": row["team"],
                **{
                    f"{shown}_{side}": row[f"{side}.{name}"]
                    for shown, name in (
                        ("total", "total"),
                        ("grade", "grade"),
                        ("coefficient", "coefficient"),
                        ("pay", "money"),
                    )
                    for side in ("before", "after")
                },
                "difference": row["money"],
            }


def _called(kind: str, seq: int) -> str:
    return f"{kind}:{seq}"


commands = [simulate_]
