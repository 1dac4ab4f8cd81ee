"""Asking for a simulation: who may, what is kept, and what it says of those who move."""

from __future__ import annotations

from decimal import Decimal

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from engine.errors import KaohengError, Kind
from engine.reader import Path
from engine.sheets.edit import edited
from tests.organisation import NOW
from tests.played import CODE, POLICY, Played
from workflows.access.policy import Role
from workflows.cycles.operations import find_cycle
from workflows.jobs.service import Jobs
from workflows.log.tables import LogEntry
from workflows.rulebook.drafts import draft_file, save_draft, start_draft
from workflows.rulebook.reading import edit_of, find_draft
from workflows.rulebook.tables import PolicyEdit
from workflows.simulation import operations
from workflows.simulation.operations import simulate
from workflows.simulation.reading import find_simulation, simulations_of, told
from workflows.simulation.tables import CandidateResult, Simulation

GENEROUS: dict[Path, str | None] = {
    ("kpis", "won_revenue", "weight"): "35%",
    ("kpis", "won_deals", "weight"): "20%",
    ("constants", "bonus_base", "value"): "3000",
}


def drafted(session: Session, game: Played, changes: dict[Path, str | None]) -> PolicyEdit:
    draft = find_draft(session, POLICY) or start_draft(
        session, game.actors[Role.HR], NOW, code=POLICY
    )
    before = edit_of(session, draft, draft.seq)
    save_draft(
        session,
        game.actors[Role.HR],
        NOW,
        draft,
        seen=draft.seq,
        text=edited(before.text, changes),
        cases=before.cases,
    )
    return edit_of(session, draft, draft.seq)


def simulated(
    game: Played,
    changes: dict[Path, str | None],
    by: Role = Role.HR,
    budget: str = "10000",
) -> str:
    with game.database.write() as session:
        cycle = find_cycle(session, CODE)
        found = simulate(
            session,
            game.actors[by],
            NOW,
            cycle=cycle,
            candidates=[drafted(session, game, changes), cycle.policy_version],
            against=cycle.policy_version,
            budget=Decimal(budget),
        )
        return found.public_id


def test_it_is_kept_with_the_digest_that_it_argued_for(game: Played) -> None:
    game.up_to_locked()
    key = simulated(game, GENEROUS)
    with game.database.read() as session:
        found = find_simulation(session, game.actors[Role.FINANCE], key)
        assert (found.state, found.done, found.steps) == ("done", 3, 3)
        candidate, same = told(found)
        assert simulations_of(session, candidate.candidate.digest) == [found]
        assert same.summary["counts"]["worse_off"] == same.summary["counts"]["better_off"] == 0
        assert candidate.rows["money"].sum() == Decimal(candidate.summary["after"]["money"]) - (
            Decimal(candidate.summary["before"]["money"])
        )
        action = session.scalars(sa.select(LogEntry).order_by(LogEntry.seq.desc())).first()
        assert action is not None
        assert action.action == "simulate"


def test_those_who_move_are_explained_by_what_was_changed(game: Played) -> None:
    game.up_to_locked()
    key = simulated(game, GENEROUS)
    with game.database.read() as session:
        draft, same = told(find_simulation(session, game.actors[Role.FINANCE], key))
        person = draft.moved.people[0]
        because = {
            turn.name: {each.code for each in turn.because}
            for turn in draft.moved.turns_of(person, draft.changes)
        }
        assert because == {"total": {"won_revenue", "won_deals"}}  # who gets no bonus has no base
        before, after = draft.moved.explanations(person)
        assert before is not None
        assert after is not None
        values = [
            {step.name: step.value for step in each.steps}["total"] for each in (before, after)
        ]
        row = next(row for row in draft.rows.iter_rows(named=True) if row["person"] == person)
        assert values == [row["before.total"], row["after.total"]]
        assert same.moved.people == []


@pytest.mark.parametrize("budget", ["0.00001", "1e20", "-1"])
def test_a_budget_is_an_amount_of_money(game: Played, budget: str) -> None:
    game.open()
    with pytest.raises(KaohengError) as refused:
        simulated(game, {}, budget=budget)
    assert refused.value.kind is Kind.INVALID


@pytest.mark.parametrize("role", [Role.FINANCE, Role.MANAGER, Role.SALESPERSON])
def test_only_hr_asks(game: Played, role: Role) -> None:
    game.up_to_locked()
    with pytest.raises(KaohengError) as refused:
        simulated(game, {}, by=role)
    assert refused.value.kind is Kind.DENIED


def test_a_large_one_is_a_job_that_gives_the_same(
    game: Played, monkeypatch: pytest.MonkeyPatch
) -> None:
    game.up_to_locked()
    at_once = simulated(game, GENEROUS)
    monkeypatch.setattr(operations, "AT_ONCE", {True: 0, False: 0})
    later = simulated(game, GENEROUS)
    with game.database.read() as session:
        assert find_simulation(session, game.actors[Role.HR], later).state == "running"
    Jobs(game.settings, game.database).finish(f"simulate:{later}")
    with game.database.read() as session:
        kept = [find_simulation(session, game.actors[Role.HR], key) for key in (at_once, later)]
        assert kept[1].state == "done"
        first, second = (told(each)[0].result for each in kept)
        assert (first.summary, first.rows, first.movers) == (
            second.summary,
            second.rows,
            second.movers,
        )


def test_what_was_kept_stays(game: Played) -> None:
    game.up_to_locked()
    simulated(game, GENEROUS)
    with pytest.raises(sa.exc.DatabaseError), game.database.write() as session:
        session.execute(sa.update(CandidateResult).values(summary={}))
    with game.database.read() as session:
        assert session.scalar(sa.select(Simulation.state)) == "done"


def of_another_code(session: Session, game: Played, currency: str = "USD") -> PolicyEdit:
    """Begin a policy that has no cycle yet, saying what the game's says but for its name."""
    text = find_cycle(session, CODE).policy_version.text
    text = text.replace(f"policy: {POLICY}", "policy: new-one").replace(
        "currency: USD", f"currency: {currency}"
    )
    draft = draft_file(
        session, game.actors[Role.HR], NOW, text=text, cases=None, file="new-one.yaml"
    )
    return edit_of(session, draft, draft.seq)


def test_a_policy_without_a_cycle_is_tried_on_the_same_people(game: Played) -> None:
    game.up_to_locked()
    with game.database.write() as session:
        cycle = find_cycle(session, CODE)
        found = simulate(
            session,
            game.actors[Role.HR],
            NOW,
            cycle=cycle,
            candidates=[of_another_code(session, game)],
            against=cycle.policy_version,
        )
        (answer,) = told(found)
        assert found.policy.code == "new-one"
        assert answer.summary["counts"]["worse_off"] == answer.summary["counts"]["better_off"] == 0
        assert answer.summary["before"]["money"] == answer.summary["after"]["money"]


def test_a_policy_in_another_currency_is_not(game: Played) -> None:
    game.open()
    with game.database.write() as session:
        cycle = find_cycle(session, CODE)
        hr, base, others = (
            game.actors[Role.HR],
            cycle.policy_version,
            [of_another_code(session, game, "CNY")],
        )
        with pytest.raises(KaohengError) as caught:
            simulate(session, hr, NOW, cycle=cycle, candidates=others, against=base)
    assert caught.value.faults[0].code == "simulation.not_comparable"
