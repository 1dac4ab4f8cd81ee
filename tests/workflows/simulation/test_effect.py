"""What another policy would give in a cycle, at every state that a cycle can be in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from engine import periods
from engine.model import Policy
from engine.policies import load
from engine.reader import Path
from engine.sheets.edit import edited
from tests.organisation import NOW
from tests.played import CODE, PEOPLE, PERIOD, POLICY, Played
from workflows.access.policy import Role
from workflows.cycles.evaluation import FINAL, evaluation_of, read_results
from workflows.cycles.operations import find_cycle, policy_of
from workflows.incentives.tables import LedgerEntry
from workflows.reviews.of_cycle import reviews_of
from workflows.rulebook.operations import put_in_force, version_of
from workflows.rulebook.shipped import policy_file
from workflows.simulation.effect import effect_of, virtual_cycle

HEAVIER: dict[Path, str | None] = {
    ("kpis", "won_revenue", "weight"): "35%",
    ("kpis", "won_deals", "weight"): "20%",
}
STATES: dict[str, Callable[[Played], None]] = {
    "open": Played.open,
    "locked": Played.up_to_locked,
    "approved": lambda game: (game.up_to_approval(), game.approve())[0],
}


def shipped(changes: dict[Path, str | None] | None = None) -> Policy:
    text = policy_file(POLICY).read_text(encoding="utf-8")
    return load(edited(text, changes or {}), POLICY)


@pytest.mark.parametrize("state", STATES)
def test_a_policy_against_itself_changes_nobody(game: Played, state: str) -> None:
    STATES[state](game)
    with game.database.read() as session:
        cycle = find_cycle(session, CODE)
        found = effect_of(session, cycle, policy_of(cycle), policy_of(cycle))
        assert found.frame["person"].to_list() == sorted(PEOPLE)
        marks = ("rises", "falls", "grade_up", "grade_down", "better_off", "worse_off")
        assert not any(found.frame[mark].any() for mark in marks)
        assert set(found.frame["money"]) == {Decimal(0)}
        assert all(each.before == each.after for each in found.people)


def test_what_is_in_force_gives_what_is_in_the_ledger(game: Played) -> None:
    game.up_to_approval()
    game.approve()
    with game.database.read() as session:
        cycle = find_cycle(session, CODE)
        found = effect_of(session, cycle, policy_of(cycle), shipped(HEAVIER))
        assert paid(session) == {
            each.person: each.before.money for each in found.people if each.before.money
        }
        kept = read_results(evaluation_of(session, cycle, FINAL).outputs)
        for each in found.people:
            assert each.before.total == Decimal(kept[each.person]["total"])
            assert each.before.grade == kept[each.person]["final_grade"]


def test_the_sums_are_those_of_the_people(game: Played) -> None:
    game.up_to_locked()
    with game.database.read() as session:
        found = effect_of(session, find_cycle(session, CODE), shipped(), shipped(HEAVIER))
    for side in (found.before, found.after):
        given = sum((each.amount for each in side.given if each.amount), Decimal(0))
        assert given == side.frame["money"].sum()
    assert found.frame["money"].sum() == (
        found.after.frame["money"].sum() - found.before.frame["money"].sum()
    )


def test_another_policy_is_measured_on_what_it_asks_for(game: Played) -> None:
    """A measure that means something else now is measured anew; the rest stays as pinned."""
    game.up_to_locked()
    only_large = shipped({("measures", "won_deals", "where", "stage"): "lost"})
    with game.database.read() as session:
        cycle = find_cycle(session, CODE)
        found = effect_of(session, cycle, policy_of(cycle), only_large)
    assert found.before.judged.anew == ()
    assert found.after.judged.anew == ("won_deals",)
    lost = found.after.judged.facts.select("person", "won_deals").rows()
    assert dict(lost) == {person: Decimal(person != PEOPLE[-1]) for person in PEOPLE}


def test_what_a_period_would_give_is_what_its_cycle_gives(game: Played) -> None:
    with game.database.read() as session:
        cycle = virtual_cycle(session, shipped(), periods.parse(PERIOD))
        foreseen = effect_of(session, cycle, shipped(), shipped(HEAVIER))
    game.open()
    with game.database.read() as session:
        opened = effect_of(session, find_cycle(session, CODE), shipped(), shipped(HEAVIER))
    assert foreseen.frame.equals(opened.frame)
    assert foreseen.before.judged.basis == "virtual"


def test_what_was_foreseen_is_what_the_published_draft_gives(game: Played) -> None:
    """Foreseen for a period without a cycle; then published, opened, locked, approved and paid."""
    text = edited(policy_file(POLICY).read_text(encoding="utf-8"), HEAVIER)
    draft = load(text, POLICY)
    with game.database.read() as session:
        cycle = virtual_cycle(session, shipped(), periods.parse(PERIOD))
        foreseen = list(effect_of(session, cycle, shipped(), draft).people)
    with game.database.write() as session:
        version = version_of(session, draft, text=text, cases=None, author_id=None, now=NOW)
        put_in_force(session, game.actors[Role.HR], NOW, version, "侧重赢单数")
    game.up_to_approval()
    game.approve()
    with game.database.read() as session:
        assert paid(session) == {
            each.person: each.after.money for each in foreseen if each.after.money
        }
        results = read_results(evaluation_of(session, find_cycle(session, CODE), FINAL).outputs)
    assert {each.person: (each.after.total, each.after.grade) for each in foreseen} == {
        person: (Decimal(row["total"]), row["final_grade"]) for person, row in results.items()
    }


def test_a_calibrated_grade_counts_on_both_sides(game: Played) -> None:
    game.up_to_locked()
    with game.database.write() as session:
        review = reviews_of(session, find_cycle(session, CODE))[0]
        review.calibrated_grade = "S"
    with game.database.read() as session:
        found = effect_of(session, find_cycle(session, CODE), shipped(), shipped(HEAVIER))
    first = next(iter(found.people))
    assert first.before.grade == first.after.grade == "S"
    assert found.before.judged.calibrated == 1


def test_a_grade_that_is_no_more_stands_where_it_stood(game: Played) -> None:
    """Whoever has a grade that the draft does not have, and gets a lower one there, falls."""
    game.up_to_locked()
    after = replace(shipped(), grades=tuple(x for x in shipped().grades if x.code != "B"))
    with game.database.write() as session:
        review = reviews_of(session, find_cycle(session, CODE))[0]
        review.calibrated_grade = "B"
    with game.database.read() as session:
        found = effect_of(session, find_cycle(session, CODE), shipped(), after)
    first = found.frame.row(0, named=True)
    assert (first["before.grade"], first["after.grade"]) == ("B", "D")
    assert (first["grade_up"], first["grade_down"], first["worse_off"]) == (False, True, True)


def paid(session: Session) -> dict[str, Decimal]:
    found: dict[str, Decimal] = {}
    for entry in session.scalars(
        sa.select(LedgerEntry).where(LedgerEntry.amount_minor.is_not(None))
    ):
        assert entry.amount_minor is not None
        assert entry.exponent is not None
        amount = Decimal(entry.amount_minor).scaleb(-entry.exponent)
        found[entry.review.person.code] = found.get(entry.review.person.code, Decimal(0)) + amount
    return found
