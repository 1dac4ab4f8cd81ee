"""Who is under which policy: gaps, doubles, and what a draft would change."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy.orm import Session

from engine.errors import KaohengError, Kind
from engine.policies import load
from engine.sheets.edit import edited
from engine.sheets.structure import replaced
from tests.organisation import NOW
from tests.played import Played
from workflows.access.policy import Role
from workflows.library.beginning import Wanted, begin_from_template
from workflows.library.templates import EMPTY, template_of
from workflows.org.tables import Person
from workflows.rulebook.assignment import DOUBLE, NONE, ONE, assignment, shared_with
from workflows.rulebook.drafts import save_draft
from workflows.rulebook.operations import put_in_force, version_of
from workflows.rulebook.reading import edit_of

DAY = date(2026, 1, 31)
EAST = {"role": "salesperson", "regions": ["east"]}
WEST = {"role": "salesperson", "regions": ["west"]}
TEXT = template_of(EMPTY).written


def written(code: str, scope: dict[str, object], period: str = "quarter") -> str:
    text = edited(TEXT, {("policy",): code, ("period",): period})
    return replaced(text, ("scope",), scope)


def publish(
    session: Session, game: Played, code: str, scope: dict[str, object], period: str = "quarter"
) -> None:
    text = written(code, scope, period)
    version = version_of(session, load(text, code), text=text, cases=None, author_id=None, now=NOW)
    put_in_force(session, game.actors[Role.HR], NOW, version, "test")


def states(game: Played, **how: object) -> dict[str, str]:
    with game.database.read() as session:
        found = assignment(session, game.actors[Role.HR], DAY, **how)  # type: ignore[arg-type]
        return {row.member.person.code: row.state for row in found.rows}


def test_without_a_policy_everybody_is_a_gap(game: Played) -> None:
    assert set(states(game).values()) == {NONE}


def test_gaps_doubles_and_managers_of_their_own(game: Played) -> None:
    with game.database.write() as session:
        publish(session, game, "east", EAST)
        publish(session, game, "all", {"role": "salesperson", "regions": ["east-1"]})
        publish(session, game, "bosses", {"role": "manager"})
    found = states(game)
    assert found == {
        "S31": NONE, "S32": NONE, "S33": NONE, "S11": DOUBLE, "S12": DOUBLE,
        "S21": ONE, "S22": ONE, "M1": ONE, "M2": ONE, "M3": ONE,
    }  # fmt: skip
    assert list(found)[:5] == ["S31", "S32", "S33", "S11", "S12"]  # what is wrong first


def test_two_lengths_of_period_are_no_double(game: Played) -> None:
    with game.database.write() as session:
        publish(session, game, "east", EAST)
        publish(session, game, "east-monthly", EAST, "month")
    assert states(game)["S11"] == ONE
    assert states(game, period="month")["S31"] == NONE


def test_posts_and_ranks_decide(game: Played) -> None:
    with game.database.write() as session:
        for person in session.query(Person).filter(Person.code.in_(["S11", "S31"])):
            person.post, person.rank = "客户经理", "P5" if person.code == "S11" else "P4"
        publish(
            session, game, "p5", {"role": "salesperson", "posts": ["客户经理"], "ranks": ["P5"]}
        )
    found = states(game)
    assert [code for code, state in found.items() if state == ONE] == ["S11"]


def test_drafts_instead_of_what_is_in_force(game: Played) -> None:
    hr = game.actors[Role.HR]
    with game.database.write() as session:
        publish(session, game, "east", EAST)
        wanted = Wanted("west", role="salesperson", regions=("west",))
        draft = begin_from_template(session, hr, NOW, wanted, template=EMPTY)
    assert states(game)["S31"] == NONE
    assert set(states(game, drafts=True).values()) == {NONE, ONE}
    assert states(game, drafts=True)["S31"] == ONE
    with game.database.write() as session:
        draft = session.merge(draft)
        text = edit_of(session, draft, 0).text.replace("coefficient: 1.5", "coefficient: lots")
        save_draft(session, hr, NOW, draft, seen=0, text=text, cases=None)
    assert states(game, drafts=True)["S31"] == ONE  # a fault elsewhere hides nobody
    with game.database.write() as session:
        draft = session.merge(draft)
        text = text.replace("currency: CNY", "currency: nothing")
        save_draft(session, hr, NOW, draft, seen=1, text=text, cases=None)
    with game.database.read() as session:
        found = assignment(session, hr, DAY, drafts=True)
        assert (found.unread, found.drafted) == (("west",), frozenset())
        assert found.counts == {NONE: 6, DOUBLE: 0, ONE: 4}
        assert found.people == {"east": 4}


def test_whom_a_policy_would_share(game: Played) -> None:
    with game.database.write() as session:
        publish(session, game, "east", EAST)
        publish(session, game, "west", WEST)
        publish(session, game, "monthly", EAST, "month")
        mine = load(written("mine", {"role": "salesperson", "regions": ["east-2"]}), "mine")
        assert shared_with(session, mine, DAY) == {"east": 2}
        assert shared_with(session, replace(mine, policy="east"), DAY) == {}


@pytest.mark.parametrize("role", [Role.MANAGER, Role.SALESPERSON])
def test_who_may_see_everybodys(game: Played, role: Role) -> None:
    with game.database.read() as session, pytest.raises(KaohengError) as caught:
        assignment(session, game.actors[role], DAY)
    assert caught.value.kind is Kind.DENIED
