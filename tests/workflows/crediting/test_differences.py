"""Where the source says other credits than were agreed: decided once, by HR, with a reason."""

from __future__ import annotations

from decimal import Decimal

import pytest

from engine.errors import KaohengError, Kind
from tests.confirmed import NOW, Confirmed
from tests.organisation import actor
from tests.refusing import refused
from tests.workflows.claims.test_claims import (
    HALVES,
    answer,
    claimed,
    credits,
    lines,
    propose,
    said_again,
)
from workflows.access.policy import Role
from workflows.crediting.differences import (
    decide_difference,
    difference_tasks,
    find_difference,
    open_differences,
    own_differences,
)


@pytest.fixture
def differing(world: Confirmed) -> Confirmed:
    claim = claimed(world, "S12", "D1")
    propose(world, claim, lines(*HALVES))
    answer(world, claim, "S11")
    answer(world, claim, "S12")
    said_again(world, "D1", credits=tuple(lines(("S21", "1"))))
    return world


def waiting(world: Confirmed) -> list[str]:
    with world.database.read() as session:
        found = open_differences(session, world.actors["hr"])
        assert len(difference_tasks(session, world.actors["hr"], NOW)) == len(found)
        return [each.public_id for each in found]


def decide(world: Confirmed, key: str, *, take: bool, by: str = "hr") -> None:
    with world.database.write() as session:
        found = find_difference(session, key)
        decide_difference(session, world.actors[by], NOW, found, take=take, reason="合同为准")


def test_what_was_agreed_is_kept(differing: Confirmed) -> None:
    (key,) = waiting(differing)
    with refused(Kind.DENIED, "access.denied"):
        decide(differing, key, take=True, by="M1")
    decide(differing, key, take=False)
    assert waiting(differing) == []
    assert credits(differing, "D1") == {"S11": Decimal("0.5"), "S12": Decimal("0.5")}
    # The source says the same once more: that is no news.
    assert said_again(differing, "D1")["deal"]["unchanged"] == 1
    assert waiting(differing) == []


def test_what_the_source_says_is_taken(differing: Confirmed) -> None:
    (key,) = waiting(differing)
    decide(differing, key, take=True)
    assert credits(differing, "D1") == {"S21": 1}
    assert said_again(differing, "D1")["deal"]["unchanged"] == 1
    with pytest.raises(KaohengError) as gone:
        decide(differing, key, take=False)
    assert gone.value.kind is Kind.MISSING


def test_only_the_newest_word_of_the_source_is_decided_on(differing: Confirmed) -> None:
    (first,) = waiting(differing)
    said_again(differing, "D1", credits=tuple(lines(("S22", "1"))))
    (second,) = waiting(differing)
    assert second != first


@pytest.mark.parametrize("person", ["S12", "S21"])
def test_nobody_decides_on_what_credits_themselves(differing: Confirmed, person: str) -> None:
    """Whether it is the agreement or the source that does."""
    (key,) = waiting(differing)
    with differing.database.write() as session:
        found = find_difference(session, key)
        who = actor(session, Role.HR, person)
        assert own_differences(session, who, [found]) == {found.id}
        assert difference_tasks(session, who, NOW) == []
        with refused(Kind.DENIED, "access.oneself"):
            decide_difference(session, who, NOW, found, take=True, reason="合同为准")
        other = actor(session, Role.HR, "S22")
        assert len(difference_tasks(session, other, NOW)) == 1
        decide_difference(session, other, NOW, found, take=True, reason="合同为准")
