"""Everybody's own copy: given, opened, signed or declined, replaced; by nobody but its person."""

from __future__ import annotations

import json
import threading
from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from engine.errors import Kind
from tests.organisation import NOW, actor
from tests.played import CODE, PEOPLE, PERIOD, POLICY, Played
from tests.refusing import refused
from workflows.access.actors import Actor
from workflows.access.policy import Role
from workflows.agreements.announcing import announce
from workflows.agreements.reading import (
    agreement_rows,
    copies_to_answer,
    find_agreement,
    newer_copy,
    progress,
    state_of,
)
from workflows.agreements.signing import decline_agreement, open_agreement, sign_agreement
from workflows.agreements.tables import Agreement, AgreementTerms
from workflows.agreements.terms import sha256
from workflows.log.tables import LogEntry
from workflows.org.tables import Membership, Person
from workflows.rulebook.operations import adopt_shipped
from workflows.rulebook.tables import PolicyVersion, Publication
from workflows.targets.tables import Target

BEFORE = datetime(2017, 9, 1, tzinfo=UTC)
LATER = NOW + timedelta(hours=3)


def publication(session: Session, since: date, version: PolicyVersion | None = None) -> Publication:
    """Publish a version, by default the policy's first, from a day on."""
    version = version or session.scalars(sa.select(PolicyVersion)).one()
    made = Publication(
        policy_id=version.policy_id,
        version_id=version.id,
        effective_on=since,
        published_at=BEFORE,
        reason="why",
        is_retroactive=False,
        version=version,
    )
    session.add(made)
    session.flush()
    return made


def copy_of(session: Session, person: str, number: int = 1) -> Agreement:
    return session.scalars(
        sa.select(Agreement)
        .join(Agreement.person)
        .where(Person.code == person, Agreement.copy == number)
    ).one()


def states(session: Session) -> list[str]:
    return [state_of(each) for each in session.scalars(sa.select(Agreement).order_by(Agreement.id))]


def actions(session: Session) -> list[str]:
    return list(session.scalars(sa.select(LogEntry.action).order_by(LogEntry.seq)))


def test_a_cycle_that_opens_gives_everybody_their_own_targets(game: Played) -> None:
    game.open()
    with game.database.read() as session:
        copies = session.scalars(sa.select(Agreement)).all()
        assert len(copies) == len(PEOPLE)
        assert len(session.scalars(sa.select(AgreementTerms)).all()) == 1
        own = copy_of(session, "S11")
        said, terms = json.loads(own.text), json.loads(own.terms.text)
        assert (own.sha256, said["terms"]) == (sha256(own.text), sha256(own.terms.text))
        assert terms["version"] == own.version.digest
        assert said["person"] == {"code": "S11", "name": "姓名S11"}
        amounts = session.scalars(sa.select(Target).where(Target.person_id == own.person_id))
        assert {each["code"]: each["amount"] for each in said["targets"]} == {
            each.name: f"{each.amount:f}".rstrip("0").rstrip(".") for each in amounts
        }
        kpi = terms["kpis"][0]
        assert (kpi["name"]["zh"], kpi["weight"], kpi["anchors"]["target"]["of"]) == (
            "销售额达成",
            "0.4",
            "revenue_target",
        )
        assert any(line["gives"] for line in terms["pay"])
        assert actions(session)[-2:] == ["deliver_agreements", "open_cycle"]


def test_a_publication_tells_those_of_its_first_period_and_the_cycle_does_not_again(
    game: Played,
) -> None:
    hr = game.actors[Role.HR]
    with game.database.write() as session:
        adopt_shipped(session, hr, BEFORE, POLICY)
        made = publication(session, date(2017, 10, 1))
        assert announce(session, BEFORE, made, BEFORE.date()) == len(PEOPLE)
        assert announce(session, BEFORE, made, BEFORE.date()) == 0
        assert {each.period for each in session.scalars(sa.select(Agreement))} == {PERIOD}
    game.open()
    with game.database.read() as session:
        own = copy_of(session, "S11")
        assert len(states(session)) == len(PEOPLE)
        assert own.cycle_id is not None
        assert own.delivered_at == BEFORE


def test_a_target_that_cannot_be_shared_out_yet_is_to_follow(game: Played) -> None:
    with game.database.write() as session:
        adopt_shipped(session, game.actors[Role.HR], NOW, POLICY)
        made = session.scalars(sa.select(Publication)).one()
        # The policy has company figures for 2017 only, and it is 2026.
        assert announce(session, NOW, made, NOW.date()) == len(PEOPLE)
        own = copy_of(session, "S11")
        assert own.period == "2026-Q1"
        assert {each["amount"] for each in json.loads(own.text)["targets"]} == {None}


def test_a_newer_copy_replaces_and_who_is_gone_has_none(game: Played) -> None:
    hr = game.actors[Role.HR]
    with game.database.write() as session:
        adopt_shipped(session, hr, BEFORE, POLICY)
        announce(session, BEFORE, publication(session, date(2017, 10, 1)), BEFORE.date())
        gone = session.scalars(sa.select(Membership).where(Membership.person.has(code="S33"))).one()
        gone.valid_to = date(2017, 9, 15)
        session.flush()
        announce(session, BEFORE, publication(session, date(2017, 10, 1)), BEFORE.date())
        found = states(session)
        assert (found.count("replaced"), found.count("withdrawn"), found.count("delivered")) == (
            len(PEOPLE) - 1,
            1,
            len(PEOPLE) - 1,
        )
        old = copy_of(session, "S11")
        newer = newer_copy(session, old)
        assert newer is not None
        assert (newer.copy, newer_copy(session, copy_of(session, "S33"))) == (2, None)
        with refused(Kind.CONFLICT, "agreements.not_open"):
            me = actor(session, Role.SALESPERSON, "S11")
            open_agreement(session, me, NOW, old)
            sign_agreement(session, me, NOW, old, seen=old.sha256, name="姓名S11")


def test_an_open_cycle_keeps_its_copies_and_the_period_after_it_has_new_ones(game: Played) -> None:
    game.open()
    with game.database.write() as session:
        assert announce(
            session, BEFORE, publication(session, date(2017, 10, 1)), BEFORE.date()
        ) == len(PEOPLE)
        periods = [each.period for each in session.scalars(sa.select(Agreement))]
        assert (periods.count(PERIOD), periods.count("2018-Q1")) == (len(PEOPLE), len(PEOPLE))
        assert set(states(session)) == {"delivered"}


def test_a_publication_that_another_overrides_concerns_nobody(game: Played) -> None:
    game.open()
    with game.database.write() as session:
        first = session.scalars(sa.select(PolicyVersion)).one()
        other = PolicyVersion(
            policy_id=first.policy_id,
            seq=2,
            digest="f" * 64,
            text=first.text,
            text_sha256="f" * 64,
            canonical=first.canonical,
            state="published",
            created_at=NOW,
        )
        session.add(other)
        session.flush()
        publication(session, date(2018, 1, 1), other)
        assert (
            announce(session, BEFORE, publication(session, date(2017, 11, 1), first), BEFORE.date())
            == 0
        )


def test_opened_signed_once_and_logged_with_its_digest(game: Played) -> None:
    game.open()
    me = game.actors[Role.SALESPERSON]
    with game.database.write() as session:
        own = copy_of(session, "S11")
        assert [each.id for each in copies_to_answer(session, me)] == [own.id]
        with refused(Kind.CONFLICT, "agreements.unopened"):
            sign_agreement(session, me, NOW, own, seen=own.sha256, name="姓名S11")
        open_agreement(session, me, NOW, own)
        open_agreement(session, me, LATER, own)
        with refused(Kind.INVALID, "agreements.name"):
            sign_agreement(session, me, LATER, own, seen=own.sha256, name="S11")
        with refused(Kind.CONFLICT, "agreements.not_open"):
            sign_agreement(session, me, LATER, own, seen="0" * 64, name="姓名S11")
        for _ in range(2):
            sign_agreement(session, me, LATER, own, seen=own.sha256, name=" 姓名S11 ")
        assert (own.opened_at, own.answered_at, own.answer) == (NOW, LATER, "signed")
        assert own.answerer_id == me.account_id
        assert actions(session)[-2:] == ["open_agreement", "sign_agreement"]
        last = session.scalars(sa.select(LogEntry).order_by(LogEntry.seq.desc())).first()
        assert last is not None
        assert own.sha256.encode() in last.leaf
        assert "姓名".encode() not in last.leaf
        assert copies_to_answer(session, me) == []
        with refused(Kind.CONFLICT, "agreements.not_open"):
            decline_agreement(session, me, LATER, own, seen=own.sha256, reason="too late")


def test_declined_with_a_reason_and_signed_after_all(game: Played) -> None:
    game.open()
    me = game.actors[Role.SALESPERSON]
    with game.database.write() as session:
        own = copy_of(session, "S11")
        open_agreement(session, me, NOW, own)
        with refused(Kind.INVALID, "agreements.reason_needed"):
            decline_agreement(session, me, NOW, own, seen=own.sha256, reason="  ")
        decline_agreement(session, me, NOW, own, seen=own.sha256, reason="目标过高")
        decline_agreement(session, me, LATER, own, seen=own.sha256, reason="again")
        assert (own.answer, own.reason, own.answered_at) == ("declined", "目标过高", NOW)
        sign_agreement(session, me, LATER, own, seen=own.sha256, name="姓名S11")
        assert (own.answer, own.reason) == ("signed", None)
        assert actions(session)[-3:] == ["open_agreement", "decline_agreement", "sign_agreement"]


@pytest.mark.parametrize(
    ("role", "person"),
    [
        (Role.SALESPERSON, "S12"),
        (Role.MANAGER, "M1"),
        (Role.HR, None),
        (Role.SALES_DIRECTOR, None),
        (Role.AUDITOR, None),
        (Role.ADMINISTRATOR, None),
    ],
)
def test_nobody_else_opens_signs_or_declines(game: Played, role: Role, person: str | None) -> None:
    game.open()
    with game.database.write() as session:
        who, own = actor(session, role, person), copy_of(session, "S11")
        with refused(Kind.DENIED, "access.denied"):
            open_agreement(session, who, NOW, own)
        with refused(Kind.DENIED, "access.denied"):
            sign_agreement(session, who, NOW, own, seen=own.sha256, name="姓名S11")
        with refused(Kind.DENIED, "access.denied"):
            decline_agreement(session, who, NOW, own, seen=own.sha256, reason="why")
        assert state_of(own) == "delivered"


def test_of_many_signatures_at_once_one_is_kept_and_nobody_is_refused(game: Played) -> None:
    game.open()
    me = game.actors[Role.SALESPERSON]
    with game.database.write() as session:
        open_agreement(session, me, NOW, copy_of(session, "S11"))
    failed: list[BaseException] = []

    def sign() -> None:
        try:
            with game.database.write() as session:
                own = copy_of(session, "S11")
                sign_agreement(session, me, NOW, own, seen=own.sha256, name="姓名S11")
        except BaseException as error:  # noqa: BLE001 (whatever it was, the test tells it)
            failed.append(error)

    threads = [threading.Thread(target=sign) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with game.database.read() as session:
        assert failed == []
        assert actions(session).count("sign_agreement") == 1


def test_who_sees_which_copies(game: Played) -> None:
    game.open()
    with game.database.read() as session:
        own, other = copy_of(session, "S11"), copy_of(session, "S31")
        me, manager = game.actors[Role.SALESPERSON], game.actors[Role.MANAGER]
        assert find_agreement(session, me, own.public_id) == own
        for who in (me, manager):
            with refused(Kind.MISSING, "agreements.unknown"):
                find_agreement(session, who, other.public_id)
        assert [row["person"] for row in agreement_rows(session, me, POLICY)] == ["S11"]
        assert len(agreement_rows(session, game.actors[Role.HR], CODE)) == len(PEOPLE)
        assert agreement_rows(session, game.actors[Role.HR], f"{POLICY}@2019-Q1") == []
        with refused(Kind.MISSING, "agreements.unknown_policy"):
            agreement_rows(session, me, "none")
        with refused(Kind.DENIED, "access.denied"):
            progress(session, me, POLICY, PERIOD, NOW)


def test_progress_by_team_says_who_was_told_late_and_who_cannot_be(game: Played) -> None:
    game.open()
    me = game.actors[Role.SALESPERSON]
    with game.database.write() as session:
        open_agreement(session, me, NOW, copy_of(session, "S11"))
        own = copy_of(session, "S11")
        sign_agreement(session, me, NOW, own, seen=own.sha256, name="姓名S11")
    with game.database.read() as session:
        found = _progress(session, game.actors[Role.HR], NOW)
        assert found == {"east-1": (2, 1, 1, 0, 2, 1), "east-2": (2, 0, 0, 0, 2, 2)} | {
            "west-1": (3, 0, 0, 0, 3, 3)
        }
        assert set(_progress(session, game.actors[Role.MANAGER], NOW)) == {"east-1"}
        assert _progress(session, game.actors[Role.HR], LATER)["east-1"][4] == 0


def _progress(session: Session, who: Actor, begins: datetime) -> dict[str, tuple[int, ...]]:
    return {
        each.team.code: (
            each.copies,
            each.opened,
            each.signed,
            each.declined,
            each.late,
            each.unreachable,
        )
        for each in progress(session, who, POLICY, PERIOD, begins)
        if each.team
    }
