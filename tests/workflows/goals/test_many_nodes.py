"""Sharing out a whole level reads the company once, and writes what changes together."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.organisation import NOW
from tests.statements import counted
from tests.workflows.goals.world import TODAY, Year, key_of
from workflows.goals.claims import Ability
from workflows.goals.cutting import Way, split_nodes
from workflows.goals.edits import set_amount
from workflows.goals.store import save_tree, touch

TEAMS = ("east-1", "east-2", "west-1")


@pytest.mark.parametrize("by", ["headcount", "ability"])
def test_three_teams_take_no_more_statements_than_one(year: Year, by: str) -> None:
    year.begin()
    year.split("company", Way("org", "headcount"))
    year.split("region", Way("org", "headcount"))
    way = Way("org", by, ability=Ability(newcomer_months=12, newcomer=Decimal("0.5")))
    counts = []
    for codes in (TEAMS, TEAMS[:1]):
        with year.write() as session:
            tree = year.tree(session)
            keys = [key_of(tree, code) for code in codes]
            with counted(year.game.database) as statements:
                split_nodes(session, year.hr, NOW, tree, keys, way, today=TODAY)
            # New rows are written one by one on SQLite; they are as many as they are.
            counts.append(len([each for each in statements if not each.startswith("INSERT")]))
            session.rollback()
    assert counts[0] == counts[1]


def test_nodes_that_change_in_the_same_way_are_written_together(year: Year) -> None:
    year.begin()
    year.cascade()
    with year.write() as session:
        tree = year.tree(session)
        touch(session, tree.version)
        tree.change(set_amount, tree.root.key, Decimal(8_000_000), tree.cut)
        wanted = {node.key: node.amount for node in tree.root.walk()}
        with counted(year.game.database) as statements:
            changed = save_tree(session, tree)
        assert changed == len(wanted)
        assert len([each for each in statements if each.startswith("UPDATE")]) < 3
    with year.write() as session:
        assert {node.key: node.amount for node in year.tree(session).root.walk()} == wanted
