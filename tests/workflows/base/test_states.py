"""A refusal says in words, in each language, what state something is in."""

from __future__ import annotations

import re

import pytest

from admin.words import VOCABULARIES
from engine.errors import KaohengError
from tests.organisation import NOW
from tests.played import Played
from tests.workflows.settlement.settling import CODE, settling
from workflows.appeals.operations import withdraw_appeal
from workflows.base.i18n import gettext
from workflows.base.states import STATES, state_named
from workflows.cycles.operations import advance, find_cycle

NO_CODE = re.compile(r"\b(open|locked|approved|sealed|submitted|withdrawn)\b")


def test_pages_and_refusals_have_the_same_words_for_a_state() -> None:
    for of, words in STATES.items():
        for state, word in words.items():
            shown = VOCABULARIES.get(of, {}).get(state)
            assert shown is None or shown.message == word, (of, state)
            assert re.search("[一-鿿]", state_named(of, state).zh)


def test_a_cycle_and_an_appeal_that_moved_on_are_told_in_words(game: Played) -> None:
    world = settling(game)
    world.up_to_feedback()
    with game.database.write() as session:
        with pytest.raises(KaohengError) as found:
            advance(session, find_cycle(session, CODE), "open", "locked")
        assert said(found.value) == "结清方案 2026-Q2 的状态是“已审批”，不是“进行中”。"
    number = world.appeal("S12")
    with pytest.raises(KaohengError) as found:
        world.step(number, lambda s, a: withdraw_appeal(s, world.people["S12"], NOW, a, seen=99))
    assert not NO_CODE.search(said(found.value))


def said(error: KaohengError) -> str:
    fault = error.faults[0]
    return gettext(fault.message, "zh", **fault.params)
