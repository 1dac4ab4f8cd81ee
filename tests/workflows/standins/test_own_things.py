"""What is somebody's own is not handed on: no stand-in reads it, answers it or decides on it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.orm import Session

from engine.errors import Kind
from tests.confirmed import confirmed
from tests.evaluated import CODE as RATED
from tests.evaluated import evaluated, filled
from tests.organisation import NOW, actor
from tests.played import Played
from tests.refusing import refused
from tests.workflows.claims.test_claims import claimed, lines, propose
from tests.workflows.goals.world import TODAY, Year, person
from tests.workflows.settlement.settling import settling
from workflows.access.actors import Actor
from workflows.access.policy import Role
from workflows.base.database import Database
from workflows.claims.answering import answer_proposal
from workflows.claims.opening import withdraw_claim
from workflows.claims.reading import find_claim, standing_proposal
from workflows.claims.tasks import claim_tasks
from workflows.contributions.claiming import Claim, answer_contribution, claim_contribution
from workflows.contributions.reading import contribution_tasks, contributions_of
from workflows.cycles.operations import find_cycle, policy_of
from workflows.cycles.rerunning import rerun_cycle
from workflows.goals.offers import agree_goal, answer_goal, propose_goals, settle_goal
from workflows.goals.tables import GoalOffer
from workflows.notices.operations import notify
from workflows.notices.reading import own_notices, read_all_notices, read_notice, unread_notices
from workflows.programme.questions import QUESTIONS
from workflows.programme.survey import answer_survey, open_survey
from workflows.programme.waiting import programme_tasks
from workflows.ratings.finding import asked_request
from workflows.ratings.giving import give_rating
from workflows.ratings.standing import rating_named
from workflows.ratings.tables import RatingRequest
from workflows.ratings.tasks import rating_tasks
from workflows.reviews.reading import find_review


def acting(session: Session, by: str, whose: str, role: Role = Role.MANAGER) -> Actor:
    """Return ``by`` as they act for ``whose``, with the role that was handed on."""
    principal = actor(session, role, whose or None)
    own = actor(session, Role.SALESPERSON, by)
    return replace(
        principal,
        public_id=own.public_id,
        on_behalf_of=principal.public_id,
        own_person_id=own.person_id,
    )


def test_notices_are_ones_own_also_while_one_acts_for_somebody(game: Played) -> None:
    with game.database.write() as session:
        for code in ("M1", "S31"):
            notify(session, NOW, person(session, code).id, "told", "Your result moved.")
        who = acting(session, "S31", "M1")
        (own,) = own_notices(session, who)
        assert own.person_id == who.own_person_id
        assert unread_notices(session, who) == 1
        manager = actor(session, Role.MANAGER, "M1")
        (other,) = own_notices(session, manager)
        with refused(Kind.MISSING, "notices.not_there"):
            read_notice(session, who, NOW, other.public_id)
        read_all_notices(session, who, NOW)
        assert unread_notices(session, manager) == 1


def test_nobody_says_in_anothers_name_what_they_think_of_the_programme(game: Played) -> None:
    day, scores = date(2026, 1, 31), dict.fromkeys((each.code for each in QUESTIONS), 4)
    with game.database.write() as session:
        hr = actor(session, Role.HR)
        survey = open_survey(session, hr, NOW, "2017-Q4", closes_on=day, today=day)
        who = acting(session, "S31", "M1")
        assert programme_tasks(session, who, NOW) == []
        with refused(Kind.DENIED, "programme.nobody"):
            answer_survey(session, who, NOW, survey, scores, "", day)
        manager = actor(session, Role.MANAGER, "M1")
        answer_survey(session, manager, NOW, survey, scores, "", day)


def test_a_form_for_a_peer_is_filled_in_by_whoever_was_asked(game: Played) -> None:
    """Not even read by their stand-in, who may be the very one whom it is about."""
    world = evaluated(game)
    world.up_to_ratings()
    world.ask("M2")
    with game.database.write() as session:
        review = find_review(session, find_cycle(session, RATED), "S11")
        policy = policy_of(review.cycle)
        rating = rating_named(policy, "peers")
        request = session.scalars(sa.select(RatingRequest)).one()
        for by in ("S11", "S31"):
            who = acting(session, by, "M2")
            assert not [task for task in rating_tasks(session, who, NOW) if "asked" in task.link]
            with refused(Kind.MISSING, "ratings.not_asked"):
                asked_request(session, who, request.public_id)
            with refused(Kind.DENIED, "ratings.not_yours"):
                give_rating(session, who, NOW, review, policy, rating, filled("100", "sharing"))
        # What a manager rates is the team's: that is what a stand-in is there for.
        boss = rating_named(policy, "boss")
        give_rating(session, acting(session, "S31", "M1"), NOW, review, policy, boss, filled("80"))


def test_credits_are_agreed_by_those_concerned_themselves(
    database: Database,
) -> None:
    world = confirmed(database)
    claim = claimed(world, "S12", "D1")
    propose(world, claim, lines(("S11", "0.5"), ("S12", "0.5")))
    with database.write() as session:
        found = find_claim(session, world.actors["hr"], claim)
        proposal = standing_proposal(found)
        assert proposal is not None
        who = acting(session, "S12", "S11")
        assert claim_tasks(session, who, NOW) == []
        with refused(Kind.DENIED, "access.denied"):
            answer_proposal(session, who, NOW, proposal, accept=True)


def test_a_claim_is_withdrawn_in_ones_own_name(database: Database) -> None:
    world = confirmed(database)
    claim = claimed(world, "S12", "D1")
    with database.write() as session:
        mine = world.actors["S12"]
        found = find_claim(session, mine, claim)
        for_another = replace(mine, on_behalf_of=world.actors["hr"].public_id)
        with refused(Kind.DENIED, "access.denied"):
            withdraw_claim(session, for_another, NOW, found)
        withdraw_claim(session, mine, NOW, found)


def test_help_is_confirmed_by_whoever_was_helped(game: Played) -> None:
    with game.database.write() as session:
        mine = actor(session, Role.SALESPERSON, "S12")
        claim = Claim("sharing", "讲了一课", date(2026, 1, 5), host="M1")
        made = claim_contribution(session, mine, NOW, claim)
        who = acting(session, "S31", "M1")
        assert contribution_tasks(session, who, NOW) == []
        assert not contributions_of(session, who)
        with refused(Kind.DENIED, "contributions.not_yours"):
            answer_contribution(session, who, NOW, made, confirm=True)
        answer_contribution(session, actor(session, Role.MANAGER, "M1"), NOW, made, confirm=True)


def test_a_managers_stand_in_is_not_the_level_above_the_manager(game: Played) -> None:
    year = Year(game)
    year.begin()
    year.cascade()
    with year.write() as session:
        tree, own = year.tree(session), actor(session, Role.SALESPERSON, "S11")
        propose_goals(session, year.hr, NOW, tree, [person(session, "S11")])
        offer = session.scalars(sa.select(GoalOffer)).one()
        answer_goal(session, own, NOW, offer)
        with refused(Kind.DENIED, "goals.next_level"):
            agree_goal(session, acting(session, "S31", "M1"), NOW, offer, TODAY)
        agree_goal(session, acting(session, "S31", "", Role.SALES_DIRECTOR), NOW, offer, TODAY)


def test_whoever_settled_a_goal_has_it_approved_by_another_than_their_stand_in(
    game: Played,
) -> None:
    year = Year(game)
    year.begin()
    year.cascade()
    with year.write() as session:
        tree, own = year.tree(session), actor(session, Role.SALESPERSON, "S11")
        propose_goals(session, year.hr, NOW, tree, [person(session, "S11")])
        offer = session.scalars(sa.select(GoalOffer)).one()
        answer_goal(session, own, NOW, offer, counter=(Decimal(900_000),), reason="客户少")
        settle_goal(session, year.hr, NOW, offer, (Decimal(1_000_000),), reason="维持")
        above = acting(session, "S31", "", Role.SALES_DIRECTOR)
        with refused(Kind.DENIED, "goals.next_level"):
            agree_goal(session, replace(above, on_behalf_of=year.hr.public_id), NOW, offer, TODAY)
        agree_goal(session, above, NOW, offer, TODAY)


def test_what_holds_ones_own_result_is_not_posted_in_anothers_name(game: Played) -> None:
    world = settling(game)
    world.up_to_feedback()
    with game.database.write() as session:
        cycle = find_cycle(session, "settle@2026-Q2")
        mine = acting(session, "S12", "", Role.FINANCE)
        with refused(Kind.DENIED, "cycles.own_result"):
            rerun_cycle(session, mine, NOW, cycle, "补单")
