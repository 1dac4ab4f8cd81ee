"""A cycle from its opening to its seal, and what each step of it refuses."""

from __future__ import annotations

from decimal import Decimal

import pytest
import sqlalchemy as sa

from engine.errors import KaohengError, Kind
from tests.organisation import NOW
from tests.played import CODE, PEOPLE, Played
from workflows.access.policy import Role
from workflows.calibration.operations import calibrate_review
from workflows.cycles.operations import find_cycle, open_cycle, policy_of
from workflows.cycles.reading import actual_rows, result_rows
from workflows.cycles.sealing import Closing, close_cycle, replay_cycle
from workflows.cycles.tables import Cycle, Evaluation, Seal
from workflows.incentives.reading import ledger_rows
from workflows.incentives.tables import LedgerEntry
from workflows.log.tables import LogEntry
from workflows.reviews.reading import find_review, review_rows
from workflows.reviews.tables import GradeChange, Review
from workflows.rulebook.tables import PolicyVersion
from workflows.targets.tables import Target


def calibrate(game: Played, person: str, grade: str, reason: str = "带教新人") -> None:
    with game.database.write() as session:
        cycle = find_cycle(session, CODE)
        calibrate_review(
            session,
            game.actors[Role.HR],
            NOW,
            find_review(session, cycle, person),
            policy_of(cycle),
            grade=grade,
            reason=reason,
        )


def close(game: Played) -> Closing:
    with game.database.write() as session:
        return close_cycle(session, game.actors[Role.HR], NOW, find_cycle(session, CODE))


def differences(game: Played) -> list[tuple[str, str]]:
    with game.database.read() as session:
        found = replay_cycle(session, game.actors[Role.HR], find_cycle(session, CODE))
    return [(difference.stage, difference.part) for difference in found]


def refused(kind: Kind, code: str):  # type: ignore[no-untyped-def]
    return pytest.raises(
        KaohengError, check=lambda error: (error.kind, error.faults[0].code) == (kind, code)
    )


def test_opening_pins_a_version_makes_the_reviews_and_shares_out_the_targets(game: Played) -> None:
    game.open()
    with game.database.read() as session:
        cycle = find_cycle(session, CODE)
        assert cycle.policy_version.state == "published"
        assert {
            row["person"] for row in review_rows(session, game.actors[Role.HR], cycle, NOW.date())
        } == set(PEOPLE)
        for name, figure in (("revenue_target", 2_800_000), ("deals_target", 1190)):
            own = sa.select(Target).where(Target.cycle_id == cycle.id, Target.name == name)
            targets = session.scalars(own).all()
            for parent in targets:
                children = [t.amount for t in targets if t.parent_id == parent.id]
                assert not children or sum(children) == parent.amount
            people = [target.amount for target in targets if target.person_id]
            assert len(people) == len(PEOPLE)
            assert sum(people) == figure


def test_a_whole_cycle(game: Played) -> None:
    game.up_to_calibration()
    calibrate(game, "S11", "A")
    game.move("submit_result")
    assert game.approve()["reviews"] == len(PEOPLE)
    game.move("confirm_feedback")
    close(game)
    assert differences(game) == []
    with game.database.read() as session:
        cycle = find_cycle(session, CODE)
        rows = {r["person"]: r for r in result_rows(session, game.actors[Role.HR], cycle)}
        assert cycle.state == "sealed"
        assert {row["stage"] for row in rows.values()} == {"closed"}
        assert rows["S11"]["calibrated_grade"] == "A" != rows["S11"]["grade"]
        entries = ledger_rows(session, game.actors[Role.FINANCE], cycle)
        # Two deals of 9,000 and 9,001: the first tier's 1%, at the calibrated grade's full rate.
        assert [(e["kind"], e["amount"]) for e in entries if e["person"] == "S11"] == [
            ("commission", "180.01")
        ]
        assert session.scalar(sa.select(Seal.checkpoint)).splitlines()[0] == "kaoheng.local/log"


def test_calibration_changes_the_grade_and_no_measured_number(game: Played) -> None:
    game.up_to_calibration()
    with game.database.read() as session:
        before = actual_rows(session, game.actors[Role.HR], find_cycle(session, CODE))
    calibrate(game, "S21", "S")
    with game.database.read() as session:
        cycle = find_cycle(session, CODE)
        assert actual_rows(session, game.actors[Role.HR], cycle) == before
        review = find_review(session, cycle, "S21")
        assert review.calibrated_grade == "S"
        change = session.scalars(sa.select(GradeChange)).one()
        assert (change.grade_before, change.grade_after) == (review.grade, "S")


def test_calibration_needs_a_reason_a_known_grade_and_its_stage(game: Played) -> None:
    game.up_to_locked()
    with refused(Kind.CONFLICT, "calibration.not_in_calibration"):
        calibrate(game, "S11", "A")
    game.move("start_evaluation")
    game.move("submit_evaluation")
    with refused(Kind.INVALID, "calibration.reason_needed"):
        calibrate(game, "S11", "A", reason="  ")
    with refused(Kind.INVALID, "calibration.unknown_grade"):
        calibrate(game, "S11", "Z")


def test_somebody_without_records_has_zero_counts_and_rates_that_do_not_apply(
    game: Played,
) -> None:
    game.up_to_locked()
    with game.database.read() as session:
        cycle = find_cycle(session, CODE)
        rows = [
            row
            for row in actual_rows(session, game.actors[Role.HR], cycle)
            if row["person"] == PEOPLE[-1]
        ]
        rates = [row for row in rows if "points" in row and row["actual"] is None]
        assert [row["points"] for row in rates] == [None, None, None]
        assert {row["actual"] for row in rows if row not in rates} == {"0"}
        assert find_review(session, cycle, PEOPLE[-1]).total == Decimal("9.23")


def test_locking_and_approving_wait_for_every_review_and_name_those_missing(
    game: Played,
) -> None:
    game.open()
    game.move("submit_goals")
    game.move("approve_goals", *PEOPLE[1:])
    with pytest.raises(KaohengError) as refusal:
        game.lock()
    assert [fault.params["person"] for fault in refusal.value.faults] == [PEOPLE[0]]
    game.move("approve_goals", PEOPLE[0])
    game.lock()
    with refused(Kind.CONFLICT, "reviews.not_there_yet"):
        game.approve()
    with game.database.read() as session:
        assert find_cycle(session, CODE).state == "locked"
        assert session.scalar(sa.select(sa.func.count()).select_from(LedgerEntry)) == 0


def test_closing_waits_for_every_review(game: Played) -> None:
    game.up_to_approval()
    game.approve()
    game.move("confirm_feedback", *PEOPLE[1:])
    done = close(game)
    assert done.seal is None
    assert [review.person.code for review, _ in done.waiting] == [PEOPLE[0]]


@pytest.mark.parametrize(
    ("policy", "period", "kind", "code"),
    [
        ("sales-quarterly", "2017-11", Kind.INVALID, "cycles.wrong_period"),
        ("sales-quarterly", "soon", Kind.INVALID, "period.unreadable"),
        ("sales-quarterly", "2019-Q1", Kind.INVALID, "targets.no_figure"),
        ("no-such-policy", "2017-Q4", Kind.MISSING, "rulebook.unknown_policy"),
    ],
)
def test_what_cannot_be_opened(
    game: Played, policy: str, period: str, kind: Kind, code: str
) -> None:
    with refused(kind, code), game.database.write() as session:
        open_cycle(session, game.actors[Role.HR], NOW, policy_code=policy, period_label=period)
    with game.database.read() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(Cycle)) == 0
        assert session.scalar(sa.select(sa.func.count()).select_from(PolicyVersion)) == 0


def test_a_cycle_is_opened_once(game: Played) -> None:
    game.open()
    with refused(Kind.CONFLICT, "cycles.open_already"):
        game.open()


@pytest.mark.parametrize(
    ("part", "expected"),
    [
        ("inputs", [("final", "inputs")]),
        ("outputs", []),
        (
            "canonical",
            [
                ("version", "digest"),
                ("trial", "outputs"),
                ("final", "outputs"),
            ],
        ),
    ],
)
def test_a_replay_finds_what_was_changed_after_the_seal(
    game: Played, part: str, expected: list[tuple[str, str]]
) -> None:
    game.up_to_approval()
    game.approve()
    game.move("confirm_feedback")
    close(game)
    with game.database.write() as session:
        if part == "canonical":
            version = session.scalars(sa.select(PolicyVersion)).one()
            version.canonical = version.canonical.replace('"0.4"', '"0.3"').replace(
                '"0.15"', '"0.2"'
            )
        else:
            final = session.scalars(sa.select(Evaluation).where(Evaluation.stage == "final")).one()
            setattr(final, part, getattr(final, part).replace(b"9000", b"9001"))
    found = differences(game)
    if part == "outputs":
        assert found == []  # what was stored is beside the point: the seal is what it is held to
    else:
        assert set(found) >= set(expected)


def test_every_step_is_in_the_log(game: Played) -> None:
    game.up_to_approval()
    game.approve()
    with game.database.read() as session:
        counts = dict(
            session.execute(
                sa.select(LogEntry.action, sa.func.count()).group_by(LogEntry.action)
            ).all()
        )
    moves = 7  # submit, approve goals; lock; start, submit evaluation; submit, approve the result
    assert counts == {
        "adopt_shipped_policy": 1,
        "deliver_agreements": 1,
        "open_cycle": 1,
        "lock_cycle": 1,
        "approve_cycle": 1,
        "move_review": moves * len(PEOPLE),
    }


def test_totals_are_those_of_the_stored_results(game: Played) -> None:
    game.up_to_locked()
    with game.database.read() as session:
        cycle = find_cycle(session, CODE)
        reviews = session.scalars(sa.select(Review).where(Review.cycle_id == cycle.id)).all()
        assert all(review.total is not None and review.grade for review in reviews)
