"""Every operation × role × whose row, cell by cell, on both databases."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from engine.errors import KaohengError, Kind
from tests.organisation import actor, add_organisation
from workflows.access.actors import Actor, RoleHeld
from workflows.access.decide import allow, allow_everywhere, allow_person, people, roles_towards
from workflows.access.policy import OPERATIONS, Role
from workflows.base.database import Database
from workflows.org.tables import Membership, Person, Unit

ROLES = list(Role)

# A: everybody's rows, R: the region's, T: the team's (never one's own), O: one's own, -: none.
TABLE = """
                  administrator hr hr_region finance sales_director manager salesperson auditor
add_account       A             -  -         -       -              -       -           -
change_account    A             -  -         -       -              -       -           -
list_accounts     A             -  -         -       -              -       -           A
back_up           A             -  -         -       -              -       -           -
import_records    -             A  -         -       -              -       -           -
mend_row          -             A  -         -       -              -       -           -
list_people       A             A  R         A       A              OT      O           A
list_records      -             A  R         A       A              OT      O           A
list_imports      -             A  -         A       -              -       -           A
list_policies     -             A  A         A       A              A       A           A
list_versions     -             A  -         A       A              -       -           A
draft_policy      -             A  -         -       -              -       -           -
submit_policy     -             A  -         -       -              -       -           -
read_submissions  -             A  -         A       A              -       -           A
approve_policy    -             -  -         A       A              -       -           -
publish_policy    -             A  -         -       -              -       -           -
check_assignment  -             A  -         A       A              -       -           A
answer_consent    -             -  -         -       -              O       O           -
simulate          -             A  -         -       -              -       -           -
list_simulations  -             A  -         A       A              -       -           A
list_fairness     -             A  -         A       A              -       -           A
check_assignment  -             A  -         A       A              -       -           A
read_comments     -             A  -         A       A              -       -           A
comment_draft     -             A  -         A       A              -       -           -
read_consultations  -           A  -         A       A              -       -           A
record_consultation -           A  -         -       -              -       -           -
read_agreements   -             A  R         A       A              OT      O           A
sign_agreement    -             -  -         -       -              O       O           -
follow_agreements -             A  R         A       A              T       -           A
list_cycles       -             A  A         A       A              A       A           A
open_cycle        -             A  -         -       -              -       -           -
lock_cycle        -             A  -         -       -              -       -           -
approve_cycle     -             -  -         A       A              -       -           -
close_cycle       -             A  -         -       -              -       -           -
move_cycle        -             A  -         -       -              -       -           -
rerun_cycle       -             -  -         A       A              -       -           -
replay_cycle      -             A  -         A       -              -       -           A
list_reviews      -             A  R         A       A              OT      O           A
list_targets      -             A  R         A       A              OT      O           A
give_figures      -             A  -         -       -              -       -           -
list_figures      -             A  R         A       A              OT      O           A
move_review       -             A  R         -       A              OT      O           -
calibrate_review  -             A  R         -       A              T       -           -
hold_review       -             A  -         -       -              -       -           -
reopen_review     -             A  -         -       -              -       -           -
approve_reopening -             -  -         A       A              -       -           -
read_seals        -             A  R         A       A              OT      O           A
hold_feedback     -             A  R         -       A              T       -           -
answer_feedback   -             -  -         -       -              O       O           -
read_upward       -             A  -         -       A              T       -           -
submit_appeal     -             -  -         -       -              O       O           -
read_appeals      -             A  R         A       A              O       O           A
assign_appeal     -             A  -         -       -              -       -           -
handle_appeal     -             A  A         A       A              A       -           -
approve_correction -            -  -         A       A              -       -           -
write_self_report -             -  -         -       -              O       O           -
answer_self_report -            A  R         -       A              T       -           -
call_meeting      -             A  R         -       A              T       -           -
sit_on_panel      -             A  A         A       A              A       A           -
rate              -             -  -         -       -              OT      O           -
rate_as_asked     -             -  -         -       -              A       A           -
lead_ratings      -             A  R         -       A              T       -           -
give_customer_ratings -         A  R         -       -              -       -           -
read_ratings      -             A  R         A       A              OT      O           A
contribute        -             -  -         -       -              O       O           -
list_ledger       -             A  R         A       A              OT      O           A
list_proposals    -             A  -         -       A              -       -           A
decide_proposal   -             A  -         -       A              -       -           -
list_log          -             -  -         -       -              -       -           A
read_log_values   -             -  -         -       -              -       -           A
verify_log        A             A  -         -       -              -       -           A
confirm_records   -             -  -         -       -              O       O           -
claim_credit      -             -  -         -       -              O       O           -
answer_proposal   -             -  -         -       -              O       O           -
read_claims       -             A  R         A       A              OT      O           A
follow_confirmations -             A  R         A       A              T       -           A
propose_credits   -             A  R         -       -              T       -           -
decide_claim      -             A  R         -       -              -       -           -
name_provider     -             A  -         -       -              -       -           -
report_figures    -             A  A         A       A              A       A           -
follow_reports    -             A  -         -       -              -       -           A
read_changes      -             A  -         A       A              -       -           A
propose_relock    -             A  -         -       -              -       -           -
decide_relock     -             -  -         A       A              -       -           -
decide_credit_difference -             A  -         -       -              -       -           -
read_goals        -             A  R         A       A              OT      O           A
plan_goals        -             A  -         -       -              -       -           -
approve_goal_plan -             -  -         A       A              -       -           -
propose_goals     -             A  R         -       A              T       -           -
answer_goals      -             -  -         -       -              O       O           -
agree_goals       -             A  R         -       A              T       -           -
state_goal        -             A  R         -       -              OT      O           -
take_goals        -             A  -         -       -              -       -           -
ask_customers     -             A  R         -       -              T       -           -
read_audits       -             A  -         -       A              -       -           A
audit_results     -             -  -         -       -              -       -           A
answer_finding    -             A  -         -       -              -       -           -
hold_calibration  -             A  R         -       -              -       -           -
see_calibration   -             A  R         -       A              T       -           -
calibrate_in_session -             A  R         -       A              T       -           -
approve_calibration -             -  -         -       A              T       -           -
read_check_ins    -             A  R         -       -              OT      O           A
record_check_in   -             -  -         -       -              T       -           -
end_measure       -             A  -         -       -              OT      O           -
read_plans        -             A  R         -       A              OT      O           A
draft_plan        -             A  R         -       A              T       -           -
agree_plan        -             -  -         -       A              OT      O           -
note_plan         -             A  R         -       A              OT      O           -
read_eligibility  -             A  R         -       A              T       -           A
read_programme    -             A  -         -       A              -       -           A
run_programme     -             A  -         -       -              -       -           -
answer_survey     -             -  -         -       -              O       O           -
read_organisation -             A  R         -       A              OT      -           A
change_organisation -             A  -         -       -              -       -           -
add_to_cycle      -             A  -         -       -              -       -           -
name_stand_in     -             A  O         O       O              O       -           -
read_stand_ins    -             A  -         -       -              -       -           A
list_calendar     -             A  A         A       A              A       A           A
change_calendar   -             A  -         -       -              -       -           -
list_timers       A             A  -         -       -              -       -           A
fire_timers       A             A  -         -       -              -       -           -
"""

# Who each role is in the organisation of the tests, and whom each letter reaches from there.
WHO = {Role.MANAGER: "M1", Role.SALESPERSON: "S11"}
EVERYBODY = {"M1", "M2", "M3", "S11", "S12", "S21", "S22", "S31", "S32", "S33"}
EAST = {"M1", "M2", "S11", "S12", "S21", "S22"}
REACHED = {
    (Role.HR_REGION, "R"): EAST,
    (Role.MANAGER, "T"): {"S11", "S12"},
    (Role.MANAGER, "O"): {"M1"},
    (Role.SALESPERSON, "O"): {"S11"},
    # Their accounts are nobody's in the organisation here.
    (Role.HR_REGION, "O"): set[str](),
    (Role.FINANCE, "O"): set[str](),
    (Role.SALES_DIRECTOR, "O"): set[str](),
}


def cells() -> list[tuple[str, Role, str]]:
    header, *lines = TABLE.strip("\n").splitlines()
    roles = [Role(name) for name in header.split()]
    return [
        (operation, role, letters)
        for operation, *row in (line.split() for line in lines)
        for role, letters in zip(roles, row, strict=True)
    ]


def expected(role: Role, letters: str) -> set[str]:
    if letters == "A":
        return EVERYBODY
    return set().union(*(REACHED[role, letter] for letter in letters if letter != "-"))


def test_the_table_here_has_every_cell() -> None:
    assert {(operation, role) for operation, role, _ in cells()} == {
        (operation, role) for operation in OPERATIONS for role in ROLES
    }


def test_every_cell_reaches_exactly_its_people(database: Database) -> None:
    with database.write() as session:
        add_organisation(session)
    with database.read() as session:
        codes = dict(session.execute(sa.select(Person.code, Person.id)).all())
        for operation, role, letters in cells():
            who = actor(session, role, WHO.get(role))
            reached = set(session.scalars(sa.select(Person.code).where(people(who, operation))))
            assert reached == expected(role, letters), (operation, role)
            for code, person_id in codes.items():
                assert _allowed(allow_person, session, who, operation, person_id) == (
                    code in reached
                ), (operation, role, code)
            assert _allowed(allow, who, operation) == (letters != "-"), (operation, role)
            assert _allowed(allow_everywhere, who, operation) == (letters == "A")


def test_nobody_is_the_manager_of_their_own_review(database: Database) -> None:
    with database.write() as session:
        add_organisation(session)
        who = actor(session, Role.MANAGER, "M1")
        codes = dict(session.execute(sa.select(Person.code, Person.id)).all())
        assert roles_towards(session, who, "move_review", codes["M1"]) == {"owner"}
        assert roles_towards(session, who, "move_review", codes["S11"]) == {"manager"}
        assert roles_towards(session, who, "move_review", codes["S21"]) == set()


def test_who_moves_within_a_transaction_is_reached_at_once(database: Database) -> None:
    """What is remembered of an actor is the question, never whom it found."""
    with database.write() as session:
        add_organisation(session)
        one, other = (actor(session, Role.MANAGER, code) for code in ("M1", "M3"))
        moved = sa.select(Person).where(Person.code == "S11")
        for leader, reached in ((one, True), (other, False)):
            found = session.scalar(moved.where(people(leader, "list_reviews")))
            assert (found is not None) is reached
        team = sa.select(Unit.id).where(Unit.code == "west-1").scalar_subquery()
        own = Membership.person_id == moved.with_only_columns(Person.id).scalar_subquery()
        session.execute(sa.update(Membership).where(own).values(unit_id=team))
        for leader, reached in ((one, False), (other, True)):
            found = session.scalar(moved.where(people(leader, "list_reviews")))
            assert (found is not None) is reached


def test_an_account_without_its_person_reaches_nobody(database: Database) -> None:
    with database.write() as session:
        add_organisation(session)
        for role in (Role.MANAGER, Role.SALESPERSON):
            who = actor(session, role, None)
            assert not session.scalars(
                sa.select(Person.code).where(people(who, "list_ledger"))
            ).all()


def test_an_operation_that_the_table_does_not_have_is_a_bug() -> None:
    with pytest.raises(KeyError):
        allow(Actor("x", (RoleHeld(Role.HR),)), "delete_everything")


def _allowed(check, *arguments) -> bool:  # type: ignore[no-untyped-def]
    try:
        check(*arguments)
    except KaohengError as error:
        return error.kind is not Kind.DENIED
    return True
