"""What is sealed or posted for a whole cycle reads as much for many as for one."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from engine import canonical
from engine.plain import dumps
from tests.organisation import NOW
from tests.statements import counted
from tests.workflows.settlement.settling import CODE, Settling
from workflows.closing.seals import own_lines
from workflows.cycles.digests import digests_of
from workflows.cycles.evaluation import Bytes
from workflows.cycles.latest import latest_computation
from workflows.cycles.operations import find_cycle
from workflows.incentives.differences import post_differences
from workflows.reviews.of_cycle import reviews_of

CODES = st.text(min_size=1, max_size=6)


@given(lines=st.lists(st.tuples(CODES, CODES)), person=CODES)
def test_lines_told_apart_at_once_are_those_found_one_by_one(
    lines: list[tuple[str, str]], person: str
) -> None:
    rows = [{"person": code, "note": f'"person":{dumps(note)}'} for code, note in lines]
    data = "".join(dumps(row) + "\n" for row in rows).encode()
    mark = f'"person":{dumps(person)}'.encode()
    own = b"".join(line for line in data.splitlines(keepends=True) if mark in line)
    found = own_lines(Bytes(data, b"", data)).digests(person)
    assert found == digests_of(own, b"", own)


def test_differences_of_a_cycle_are_as_few_statements_as_of_one(world: Settling) -> None:
    world.up_to_feedback()
    with world.game.database.write() as session:
        cycle = find_cycle(session, CODE)
        grants = canonical.grants(latest_computation(session, cycle).bytes.grants)
        reviews = reviews_of(session, cycle)
        with counted(world.game.database) as for_one:
            assert post_differences(session, NOW, reviews[:1], grants, 1) == 0
        with counted(world.game.database) as for_all:
            assert post_differences(session, NOW, reviews, grants, 1) == 0
    assert len(for_all) == len(for_one)
