"""Moving thirty people at once: all, or the ones that can, with why the others stay."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa

from engine.errors import Fault
from tests.organisation import NOW, SINCE, actor
from tests.played import Played
from tests.staged import local, locked, opened, review_of
from tests.statements import counted
from workflows.access.policy import Role
from workflows.log.tables import LogEntry
from workflows.org.tables import Membership, Person, Unit
from workflows.reviews.bulk import Moved, Stays, move_reviews
from workflows.reviews.tables import Review, ReviewMove
from workflows.timers.tables import Timer

OPENED, LOCKED = local("2017-11-01 09:00"), local("2017-12-05 10:00")
FEW = 14  # statements for a move of any number, beside those for each that goes
EACH = 7


def locked_with(game: Played, more: int, *changes: tuple[str, str]) -> Played:
    """Lock a month's cycle with so many more people in the first team."""
    with game.database.write() as session:
        team = session.scalars(sa.select(Unit).where(Unit.code == "east-1")).one()
        for number in range(more):
            person = Person(code=f"S9{number:02}", name=f"新人{number}", public_id=f"new-{number}")
            session.add(Membership(person=person, unit=team, role="member", valid_from=SINCE))
    return locked(opened(game, OPENED, *changes), LOCKED)


def chosen(game: Played, *people: str) -> dict[str, int | None]:
    with game.database.read() as session:
        found = sa.select(Review).join(Review.person)
        wanted = found.where(Person.code.in_(people)) if people else found
        return {each.public_id: each.version for each in session.scalars(wanted)}


def moved(
    game: Played, reviews: dict[str, int | None], transition: str = "confirm", **more: str
) -> Moved:
    with game.database.write() as session:
        who = game.actors[Role.MANAGER]
        at = LOCKED + timedelta(hours=1)
        return move_reviews(session, who, at, reviews, transition=transition, **more)


def name(stays: Stays) -> str:
    return stays.review.person.code if stays.review else ""


def codes(faults: tuple[Fault, ...]) -> list[str]:
    return [each.code for each in faults]


def test_the_ones_that_can_go_and_the_others_are_told_of_by_person(game: Played) -> None:
    locked_with(game, 0, ("by: [manager, hr, hr_region]", "by: [manager]\n      when: total >= 1"))
    everybody = chosen(game)
    everybody |= chosen(game, "S12") | {"nobody": 0}
    with game.database.write() as session:
        review_of(session, "S11").version += 1  # somebody else has it meanwhile
    done = moved(game, everybody)
    assert done.asked == len(everybody)
    assert [each.person.code for each in done.moved] == ["S12"]
    stay = {
        each.review.person.code if each.review else "": codes(each.faults) for each in done.stay
    }
    # The manager sees their own team, and of the others not even that they are there.
    assert stay == {"S11": ["reviews.changed_meanwhile"], "": ["reviews.not_there"]}
    assert len(done.stay) == done.asked - 1


def test_a_condition_is_asked_of_all_at_once_and_told_by_person(game: Played) -> None:
    locked_with(game, 3, ("by: [manager, hr, hr_region]", "by: [manager]\n      when: total >= 1"))
    done = moved(game, chosen(game, "S11", "S12", "S900", "S901", "S902"))
    assert [each.person.code for each in done.moved] == ["S11", "S12"]
    (fault,) = done.stay[0].faults
    assert [each.review.person.code for each in done.stay if each.review] == [
        "S900",
        "S901",
        "S902",
    ]
    assert "total ≥ 1" in str(fault).replace(">=", "≥")
    assert "Confirm of S900" in str(fault)


def test_a_missing_reason_moves_nobody(game: Played) -> None:
    locked_with(game, 0)
    with game.database.write() as session:
        session.execute(sa.update(Review).values(stage="acceptance"))
    done = moved(game, chosen(game, "S11", "S12"), "object")
    assert done.moved == ()
    assert {code for each in done.stay for code in codes(each.faults)} == {
        "reviews.not_yours_to_move"
    }


def test_a_transition_that_there_is_not_is_told_once_for_each(game: Played) -> None:
    locked_with(game, 0)
    done = moved(game, chosen(game, "S11"), "fly")
    assert codes(done.stay[0].faults) == ["reviews.unknown_transition"]


def test_thirty_take_few_statements_and_leave_all_that_one_leaves(game: Played) -> None:
    locked_with(game, 28)
    team = chosen(game)
    with game.database.read() as session:
        mine = {r.public_id for r in session.scalars(sa.select(Review)) if r.team.code == "east-1"}
    with counted(game.database) as statements:
        done = moved(game, {each: seen for each, seen in team.items() if each in mine})
    assert (len(done.moved), done.stay) == (30, ())
    assert len(statements) <= FEW + EACH * 30
    with game.database.read() as session:
        assert (
            session.scalar(sa.select(sa.func.count()).where(ReviewMove.transition == "confirm"))
            == 30
        )
        logged = sa.select(sa.func.count()).where(LogEntry.action == "move_review")
        assert session.scalar(logged) == 30 + len(team), "and the lock moved everybody"
        waiting = sa.select(Timer.kind, sa.func.count()).where(
            Timer.state == "set", Timer.belongs_to.in_([f"review:{each}" for each in mine])
        )
        assert dict(session.execute(waiting.group_by(Timer.kind)).all()) == {
            "stage_deadline": 30,
            "stage_reminder": 30,
        }


def test_nobody_moves_what_is_not_theirs(game: Played) -> None:
    locked_with(game, 0)
    with game.database.write() as session:
        other = actor(session, Role.MANAGER, "M3")
        done = move_reviews(session, other, NOW, chosen(game, "S11"), transition="confirm")
    assert (done.moved, codes(done.stay[0].faults)) == ((), ["reviews.not_there"])
