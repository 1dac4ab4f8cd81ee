"""The conversation: prepared, held, noted, acknowledged or not, and what is said upwards."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa

from engine.canonical import canonical_text, digest, from_canonical
from engine.errors import KaohengError, Kind
from engine.model import Answer, StageDetail
from tests.organisation import NOW, actor
from tests.workflows.settlement.settling import CODE, Settling, account
from workflows.access.actors import Actor
from workflows.access.policy import Role
from workflows.cycles.operations import find_cycle, policy_of
from workflows.feedback.operations import (
    Prepared,
    acknowledge_talk,
    hold_talk,
    note_talk,
    notes_of,
    prepare_talk,
    talk_of,
)
from workflows.feedback.reading import conversations_waiting, feedback_rows
from workflows.feedback.required import feedback_is_given
from workflows.feedback.tables import UpwardFeedback
from workflows.feedback.upward import give_upward, summary_for_manager, upward_answers
from workflows.rulebook.tables import PolicyRow, PolicyVersion
from workflows.timers.operations import fire_due

TODAY = date(2026, 7, 20)
GOOD = Prepared(praise="客户跟进及时", criticism="报价慢", example="五月", advice="先备模板")
ANSWERS = {"goals": 4, "help": 3, "fair": 5, "growth": 2}


def refused(kind: Kind, code: str):  # type: ignore[no-untyped-def]
    return pytest.raises(
        KaohengError, check=lambda error: (error.kind, error.faults[0].code) == (kind, code)
    )


def prepare(world: Settling, said: Prepared = GOOD, who: Actor | None = None) -> None:
    world.do(lambda s, _: prepare_talk(s, who or world.hr, NOW, world.review(s, "S12"), said))


def hold(world: Settling, channel: str = "im", note: str = "谈了报价", day: date = TODAY) -> None:
    world.do(
        lambda s, _: hold_talk(
            s,
            world.hr,
            NOW,
            world.review(s, "S12"),
            held_on=day,
            channel=channel,
            note=note,
            today=TODAY,
        )
    )


def acknowledge(world: Settling, *, agrees: bool = False, comment: str = "客户临时改期") -> None:
    world.do(
        lambda s, _: acknowledge_talk(
            s,
            world.people["S12"],
            NOW,
            world.review(s, "S12"),
            agrees=agrees,
            comment=comment,
        )
    )


def missing(world: Settling) -> list[str]:
    with world.game.database.read() as session:
        review = world.review(session, "S12")
        return [each.code for each in feedback_is_given(session, review, policy_of(review.cycle))]


@pytest.mark.parametrize(
    ("said", "codes"),
    [
        (Prepared(criticism="太慢"), ["feedback.no_advice", "feedback.no_case"]),
        (Prepared(criticism="太慢", example="五月"), ["feedback.no_advice"]),
        (Prepared(criticism="太慢", advice="先备模板"), ["feedback.no_case"]),
        (Prepared(example="五月"), ["feedback.empty"]),
    ],
)
def test_a_bare_criticism_is_sent_back(world: Settling, said: Prepared, codes: list[str]) -> None:
    world.up_to_feedback()
    with pytest.raises(KaohengError) as found:
        prepare(world, said)
    assert [fault.code for fault in found.value.faults] == codes


def test_a_conversation_from_its_preparation_to_the_answer(world: Settling) -> None:
    world.up_to_approval()
    with refused(Kind.CONFLICT, "feedback.not_approved"):
        prepare(world)
    world.approve()
    assert missing(world) == ["feedback.not_held"]
    with refused(Kind.CONFLICT, "feedback.not_prepared"):
        hold(world)
    with refused(Kind.CONFLICT, "feedback.not_prepared") as found:
        acknowledge(world)
    assert "whoever leads you" in str(found.value), "the person has nothing to prepare"
    prepare(world)
    with refused(Kind.INVALID, "feedback.future"):
        hold(world, day=TODAY + timedelta(days=1))
    with refused(Kind.INVALID, "feedback.channel"):
        hold(world, channel="pigeon")
    hold(world)
    with refused(Kind.CONFLICT, "feedback.changed"):
        prepare(world)  # what was said is said
    assert missing(world) == ["feedback.not_acknowledged"]
    with refused(Kind.INVALID, "feedback.words_needed"):
        acknowledge(world, comment=" ")
    with refused(Kind.DENIED, "access.denied"):
        world.do(
            lambda s, _: acknowledge_talk(
                s, world.people["S11"], NOW, world.review(s, "S12"), agrees=True, comment="好"
            )
        )
    acknowledge(world)
    assert missing(world) == []
    with world.game.database.read() as session:
        review = world.review(session, "S12")
        assert [each.side for each in notes_of(session, review)] == ["manager", "person"]
        talk = talk_of(session, review)
        assert talk is not None
        assert talk.agrees is False


def test_an_unacknowledged_conversation_holds_up_its_person_until_silence_counts(
    world: Settling,
) -> None:
    world.up_to_feedback()
    prepare(world)
    hold(world)
    world.move("confirm")
    assert world.state() == "approved"
    over = datetime(2026, 2, 6, 16, tzinfo=UTC)  # five working days, to the end of the last
    assert fire_due(world.game.database, over - timedelta(seconds=1)) == 0
    assert fire_due(world.game.database, over) == 1
    assert world.state() == "sealed"
    assert missing(world) == []
    with refused(Kind.CONFLICT, "feedback.sealed"):
        acknowledge(world)
    with world.game.database.read() as session:
        rows = feedback_rows(session, world.hr, find_cycle(session, CODE))
        assert {row["person"]: row["state"] for row in rows}["S12"] == "silent"


def test_the_policy_says_how_long_an_answer_may_take_and_how_many_are_summed_up(
    world: Settling,
) -> None:
    with world.game.database.write() as session:
        version = session.scalars(
            sa.select(PolicyVersion).join(PolicyRow).where(PolicyRow.code == "settle")
        ).one()
        policy = from_canonical(version.canonical)
        assert policy.workflow is not None
        talks = StageDetail("feedback", answer=Answer(working_days=2), at_least=4)
        policy = replace(policy, workflow=replace(policy.workflow, details=(talks,)))
        version.canonical, version.digest = canonical_text(policy), digest(policy)
    world.up_to_feedback()
    prepare(world)
    hold(world)
    for person in ("S31", "S32", "S33"):
        world.do(
            lambda s, _, who=person: give_upward(
                s, world.people[who], NOW, world.review(s, who), answers=ANSWERS
            )
        )
    with world.game.database.write() as session:
        talk = talk_of(session, world.review(session, "S12"))
        assert talk is not None
        assert talk.silent_after == datetime(2026, 2, 3, 16, tzinfo=UTC)
        manager = account(session, Role.MANAGER, "m3", "M3")
        assert summary_for_manager(session, manager, find_cycle(session, CODE)) is None


def test_both_sides_note_and_each_is_asked_for_what_is_theirs(world: Settling) -> None:
    world.up_to_feedback()
    with world.game.database.read() as session:
        leaders = [actor(session, Role.MANAGER, code) for code in ("M1", "M2")]
        assert [len(conversations_waiting(session, each, NOW)) for each in leaders] == [2, 2]
        assert conversations_waiting(session, world.hr, NOW) == []  # they lead nobody
    prepare(world)
    with world.game.database.read() as session:
        first = [
            task.message.split()[0] for task in conversations_waiting(session, leaders[0], NOW)
        ]
        assert first == ["Prepare", "Hold"]
    own = world.people["S12"]
    with world.game.database.read() as session:
        assert [task.link[-9:] for task in conversations_waiting(session, world.hr, NOW)] == [
            "/feedback"
        ]
        assert conversations_waiting(session, own, NOW) == []
    hold(world)
    with world.game.database.read() as session:
        assert conversations_waiting(session, world.hr, NOW) == []
        assert len(conversations_waiting(session, own, NOW)) == 1
    world.do(lambda s, _: note_talk(s, own, NOW, world.review(s, "S12"), text="我会改"))
    with refused(Kind.DENIED, "access.denied"):
        world.do(
            lambda s, _: note_talk(s, world.people["S11"], NOW, world.review(s, "S12"), text="?")
        )
    with world.game.database.read() as session:
        notes = notes_of(session, world.review(session, "S12"))
        assert [each.side for each in notes] == ["manager", "person"]


def test_upward_feedback_is_read_above_and_summed_for_the_manager(world: Settling) -> None:
    world.up_to_feedback()
    with world.game.database.write() as session:
        manager = account(session, Role.MANAGER, "m3", "M3")
    with world.game.database.write() as session:
        own = world.people["S31"]
        with refused(Kind.INVALID, "feedback.upward_answer"):
            give_upward(session, own, NOW, world.review(session, "S31"), answers={"goals": 6})
    for said, person in enumerate(("S31", "S32", "S33"), 3):
        with world.game.database.read() as session:
            assert summary_for_manager(session, manager, find_cycle(session, CODE)) is None
        answers = ANSWERS | {"goals": said}
        world.do(
            lambda s, _, who=person, given=answers: give_upward(
                s, world.people[who], NOW, world.review(s, who), answers=given, keep="例会"
            )
        )
    with world.game.database.read() as session:
        cycle = find_cycle(session, CODE)
        found = summary_for_manager(session, manager, cycle)
        assert found is not None
        assert (found.people, str(found.means["goals"])) == (3, "4.0")
    with world.game.database.write() as session:
        # One more is not in the sum until there are three more: it would be told by the difference.
        review = world.review(session, "S22")
        lowest = dict.fromkeys(ANSWERS, 1)
        more = {"manager_id": manager.person_id, "keep": "", "change": "", "given_at": NOW}
        session.add(UpwardFeedback(review_id=review.id, answers=lowest, **more))
    with world.game.database.read() as session:
        again = summary_for_manager(session, manager, find_cycle(session, CODE))
        assert again is not None
        assert (again.people, again.means) == (found.people, found.means)
        cycle = find_cycle(session, CODE)
        assert len(upward_answers(session, world.hr, cycle)) == 4
        assert upward_answers(session, manager, cycle) == []
