"""However far a role reaches, nobody judges, leads or corrects themselves with it."""

from __future__ import annotations

from dataclasses import replace

import pytest
import sqlalchemy as sa

from engine.errors import KaohengError, Kind
from tests.organisation import actor, add_organisation
from workflows.access.actors import Actor
from workflows.access.decide import allow_person, people, roles_towards
from workflows.access.policy import OF_OTHERS, OPERATIONS, Reach, Role, reaches
from workflows.base.database import Database
from workflows.base.i18n import gettext
from workflows.org.tables import Person

FAR = [
    (operation, role)
    for operation in sorted(OF_OTHERS)
    for role in Role
    if reaches(operation, role) & {Reach.ALL, Reach.REGION}
]


def refused_for_oneself():  # type: ignore[no-untyped-def]
    return pytest.raises(
        KaohengError,
        check=lambda error: (error.kind, error.faults[0].code) == (Kind.DENIED, "access.oneself"),
    )


def test_what_is_of_others_only_is_in_the_table() -> None:
    assert OPERATIONS.keys() >= OF_OTHERS


@pytest.mark.parametrize(
    "operation", ["decide_claim", "decide_credit_difference", "propose_credits", "decide_proposal"]
)
def test_whose_something_is_and_what_somebody_gets_is_decided_by_others(operation: str) -> None:
    assert operation in OF_OTHERS


def test_who_reaches_all_or_a_region_reaches_everybody_but_themselves(database: Database) -> None:
    with database.write() as session:
        add_organisation(session)
        for operation, role in FAR:
            without, who = actor(session, role), actor(session, role, "S11")
            own = who.person_id
            assert own is not None
            assert _reached(session, who, operation) == (
                _reached(session, without, operation) - {own}
            ), (operation, role)
            assert not roles_towards(session, who, operation, own)
            with refused_for_oneself():
                allow_person(session, who, operation, own)


def test_what_is_ones_own_to_do_stays_beside_a_role_that_reaches_all(database: Database) -> None:
    with database.write() as session:
        add_organisation(session)
        sells, directs = actor(session, Role.SALESPERSON, "S11"), actor(session, Role.HR, "S11")
        both = replace(directs, roles=(*directs.roles, *sells.roles))
        own = both.person_id
        assert own is not None
        assert roles_towards(session, both, "move_review", own) == {"owner", "salesperson"}
        for operation in ("move_review", "state_goal", "note_plan", "end_measure"):
            allow_person(session, both, operation, own)
        with refused_for_oneself():
            allow_person(session, both, "calibrate_review", own)


def test_a_refusal_names_in_words_who_may_do_it_instead(database: Database) -> None:
    with database.write() as session:
        add_organisation(session)
        who = actor(session, Role.HR, "S11")
        assert who.person_id is not None
        with pytest.raises(KaohengError) as found:
            allow_person(session, who, "lead_ratings", who.person_id)
        fault = found.value.faults[0]
        said = gettext(fault.remedy, "zh", **fault.params)
        assert said.endswith("人力资源、区域人力资源、销售总监、主管。")
        assert gettext(fault.message, "zh", **fault.params) != fault.message


def test_whom_one_stands_in_for_is_nobody_of_ones_own(database: Database) -> None:
    with database.write() as session:
        add_organisation(session)
        own, theirs = actor(session, Role.SALESPERSON, "S11"), actor(session, Role.HR, "S12")
        who = replace(theirs, on_behalf_of="hr-S12", own_person_id=own.person_id)
        assert own.person_id is not None
        with refused_for_oneself():
            allow_person(session, who, "hold_review", own.person_id)
        with pytest.raises(KaohengError, check=lambda e: e.faults[0].code == "access.denied"):
            allow_person(session, who, "hold_review", theirs.person_id or 0)


def _reached(session, who: Actor, operation: str) -> set[int]:  # type: ignore[no-untyped-def]
    return set(session.scalars(sa.select(Person.id).where(people(who, operation))))
