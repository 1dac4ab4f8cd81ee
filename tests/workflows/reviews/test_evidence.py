"""The records behind a figure sum to it: before the lock, after it, and after a correction."""

from __future__ import annotations

import sqlalchemy as sa

from tests.played import CODE, PEOPLE, Deal, Played, add_deals, correct_deal
from workflows.cycles.operations import find_cycle
from workflows.cycles.scored import LIVE, TRIAL, scored
from workflows.reviews.evidence import Evidence, evidence_of
from workflows.reviews.of_cycle import reviews_of
from workflows.sources.tables import SourceImport


def everything(game: Played) -> tuple[str, dict[tuple[str, str], Evidence]]:
    """Return what the cycle's numbers are, and each person's evidence by measure."""
    with game.database.read() as session:
        cycle = find_cycle(session, CODE)
        scope = scored(session, cycle)
        return scope.stage, {
            (review.person.code, measure.code): evidence_of(session, review, scope, measure.code)
            for review in reviews_of(session, cycle)
            for measure in scope.version.policy.measures
            if measure.kind != "ratio"
        }


def correct(game: Played, code: str, amount: str) -> None:
    """Bring a second version of a deal, as a later import does."""
    with game.database.write() as session:
        correct_deal(session, code, amount)


def test_every_figure_is_the_sum_of_its_records(game: Played) -> None:
    game.open()
    stage, live = everything(game)
    assert stage == LIVE
    assert {code for code, _ in live} == set(PEOPLE)
    for key, found in live.items():
        assert found.sum == found.figure, key
    assert [line.code for line in live["S11", "won_revenue"].lines] == ["S11-0", "S11-1"]
    assert live["S11", "won_revenue"].figure == 18_001


def test_what_was_locked_stays_when_a_record_is_corrected(game: Played) -> None:
    game.up_to_locked()
    correct(game, "S11-0", "1")
    stage, locked = everything(game)
    assert stage == TRIAL
    for key, found in locked.items():
        assert found.sum == found.figure, key
    assert locked["S11", "won_revenue"].figure == 18_001


def test_what_is_not_locked_follows_the_records(game: Played) -> None:
    game.open()
    before = everything(game)[1]["S11", "won_revenue"].figure
    correct(game, "S11-0", "1")
    _, now = everything(game)
    assert now["S11", "won_revenue"].sum == now["S11", "won_revenue"].figure == 9_002 < before


def test_a_new_deal_shows_at_once(game: Played) -> None:
    game.open()
    assert everything(game)[1]["S33", "won_deals"].figure == 0
    with game.database.write() as session:
        brought = session.scalars(sa.select(SourceImport)).one()
        add_deals(session, brought, [Deal("S33-0", "S33", amount=5)])
    assert [line.code for line in everything(game)[1]["S33", "won_deals"].lines] == ["S33-0"]
