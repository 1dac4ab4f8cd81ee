"""Agreeing a goal with a person: proposed, answered, settled by the manager, agreed one level up.

Amounts are for the year, or for its four quarters, as the goal declares; months take their share
without another round.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from engine.errors import N_, KaohengError, Kind, Place, refuse
from workflows.access.actors import Actor
from workflows.access.approvals import is_by
from workflows.access.decide import allow, allow_person, people
from workflows.accounts.tables import Account
from workflows.goals import edits
from workflows.goals.edits import Taken
from workflows.goals.limits import require_amount
from workflows.goals.offer_steps import (
    keep_step,
    log_offer,
    move_offer,
    tell_manager,
    tell_person,
)
from workflows.goals.offered import (
    AGREED,
    WITH_MANAGER,
    WITH_NEXT,
    WITH_PERSON,
    Amounts,
    amounts_now,
    amounts_of,
    offers_of,
    read,
    texts,
)
from workflows.goals.plans import require_reason
from workflows.goals.shape import QUARTERS, weights
from workflows.goals.store import Tree, load_tree, save_tree, touch
from workflows.goals.tables import GoalOffer, GoalVersion
from workflows.goals.targets import own_nodes
from workflows.org.leading import manager_of
from workflows.org.tables import Person
from workflows.targets.cascade import apportion


def propose_goals(
    session: Session, actor: Actor, now: datetime, tree: Tree, persons: Sequence[Person]
) -> int:
    """Propose a goal to people as the plan has it; return to how many it is new.

    Who has it in these very amounts already is passed over. Raises ``KaohengError`` for who is
    not the actor's to lead, and for a goal that does not reach somebody.
    """
    allow(actor, "propose_goals")
    for person in persons:
        allow_person(session, actor, "propose_goals", person.id)
    _require_living(tree.version)
    there = {each.person_id: each for each in offers_of(session, tree)}
    done = 0
    for person in persons:
        amounts = amounts_now(tree, person.id)
        if amounts is None:
            raise _not_reached(tree, person)
        offer = there.get(person.id)
        if offer is not None and read(offer.amounts) == amounts:
            continue
        offer = _put(session, tree, person, offer, amounts, now)
        keep_step(session, offer, "propose", amounts, None, actor, now)
        tell_person(session, now, offer, N_("A goal of {year} is proposed to you: {goal}."))
        log_offer(session, "propose_goal", actor, now, offer, amounts)
        done += 1
    return done


def answer_goal(
    session: Session,
    actor: Actor,
    now: datetime,
    offer: GoalOffer,
    *,
    counter: Amounts | None = None,
    reason: str = "",
) -> None:
    """Accept one's own goal, or counter it with figures and a reason. Nobody else answers."""
    allow_person(session, actor, "answer_goals", offer.person_id)
    if actor.on_behalf_of is not None:
        raise refuse(
            "goals.own_answer",
            N_("A goal is answered by the person themselves, not by a stand-in."),
            kind=Kind.DENIED,
        )
    if counter is None:
        amounts = read(offer.amounts)
        move_offer(session, offer, WITH_PERSON, "accepted", now, settler_id=None, countered=None)
        keep_step(session, offer, "accept", amounts, reason.strip() or None, actor, now)
        log_offer(session, "answer_goal", actor, now, offer, amounts, answer="accept")
        return
    said = require_reason(reason)
    _require_like(offer, counter)
    move_offer(session, offer, WITH_PERSON, "countered", now, countered=texts(counter))
    keep_step(session, offer, "counter", counter, said, actor, now)
    tell_manager(session, now, offer)
    log_offer(session, "answer_goal", actor, now, offer, counter, answer="counter", reason=said)


def settle_goal(
    session: Session,
    actor: Actor,
    now: datetime,
    offer: GoalOffer,
    amounts: Amounts,
    *,
    reason: str,
    taken: Taken = "siblings",
) -> None:
    """Settle a goal that was countered, with the reason; the difference goes where ``taken`` says.

    What is agreed with others of the team stays. Raises ``KaohengError`` (CONFLICT) where another
    figure would have to change an approved plan: that takes a new version.
    """
    allow_person(session, actor, "propose_goals", offer.person_id)
    said = require_reason(reason)
    _require_like(offer, amounts)
    tree = load_tree(session, offer.goal_version, offer.goal)
    if amounts != amounts_now(tree, offer.person_id):
        _change_figures(session, tree, offer.person_id, amounts, taken)
    waits = (*WITH_MANAGER, *WITH_PERSON)
    move_offer(
        session, offer, waits, "settled", now, amounts=texts(amounts), settler_id=actor.account_id
    )
    keep_step(session, offer, "settle", amounts, said, actor, now)
    tell_person(session, now, offer, N_("Your goal of {year} is settled: {goal}."))
    log_offer(session, "settle_goal", actor, now, offer, amounts, reason=said)


def agree_goal(session: Session, actor: Actor, now: datetime, offer: GoalOffer, on: date) -> None:
    """Approve what was accepted or settled, as the level above the person's manager."""
    _require_next_level(session, actor, offer, on)
    amounts = read(offer.amounts)
    there = amounts_of(session, offer.goal_version, offer.person_id)
    if amounts != there.get(offer.goal_id):
        raise refuse(
            "goals.stale",
            N_("The figures of {person} have changed since they were agreed."),
            N_("The manager proposes the goal again, as it is now."),
            kind=Kind.CONFLICT,
            person=offer.person.name,
        )
    move_offer(session, offer, WITH_NEXT, "agreed", now)
    keep_step(session, offer, "agree", amounts, None, actor, now)
    tell_person(session, now, offer, N_("Your goal of {year} is approved: {goal}."))
    log_offer(session, "agree_goal", actor, now, offer, amounts)


def return_goal(
    session: Session, actor: Actor, now: datetime, offer: GoalOffer, on: date, *, reason: str
) -> None:
    """Send what was accepted or settled back to the manager, with the reason."""
    _require_next_level(session, actor, offer, on)
    said = require_reason(reason)
    move_offer(session, offer, WITH_NEXT, "returned", now)
    keep_step(session, offer, "send_back", read(offer.amounts), said, actor, now)
    tell_manager(session, now, offer)
    log_offer(session, "return_goal", actor, now, offer, read(offer.amounts), reason=said)


def find_offer(
    session: Session, actor: Actor, public_id: str, operation: str = "read_goals"
) -> GoalOffer:
    """Return an offer of somebody whom the actor reaches with ``operation``, else ``MISSING``."""
    allow(actor, operation)
    found = session.scalar(
        select(GoalOffer)
        .join(GoalOffer.person)
        .where(GoalOffer.public_id == public_id, people(actor, operation))
        .options(
            joinedload(GoalOffer.goal),
            joinedload(GoalOffer.goal_version).joinedload(GoalVersion.plan),
        )
    )
    if found is None:
        raise refuse(
            "goals.no_offer",
            N_("There is no such goal to agree on."),
            N_("It may not be yours to see. Start again from the goals' page."),
            kind=Kind.MISSING,
        )
    return found


def _change_figures(
    session: Session, tree: Tree, person_id: int, amounts: Amounts, taken: Taken
) -> None:
    """Change a person's figures in a draft, with what is agreed with others held still."""
    touch(session, tree.version)
    held = _held(session, tree, person_id)
    tree.change(edits.set_lock, held, True)
    nodes = own_nodes(tree, person_id)
    claims = weights([node.amount for node in nodes])
    claims = claims if any(claims) else [1] * len(nodes)
    shares = [apportion(each, claims, tree.goal.round_to) for each in amounts]
    for place, node in enumerate(nodes):
        own = tuple(share[place] for share in shares)
        if len(own) == QUARTERS:
            tree.change(edits.set_quarters, node.key, own, tree.cut, taken)
        else:
            tree.change(edits.set_amount, node.key, own[0], tree.cut, taken)
    tree.change(edits.set_lock, held, False)
    save_tree(session, tree)


def _held(session: Session, tree: Tree, person_id: int) -> set[int]:
    """Return the nodes of others with whom their figures are agreed, and that are not locked."""
    return {
        node.key
        for offer in offers_of(session, tree)
        if offer.person_id != person_id and offer.state in AGREED
        for node in own_nodes(tree, offer.person_id)
        if not node.locked
    }


def _put(
    session: Session,
    tree: Tree,
    person: Person,
    offer: GoalOffer | None,
    amounts: Amounts,
    now: datetime,
) -> GoalOffer:
    if offer is None:
        offer = GoalOffer(
            public_id=uuid.uuid4().hex,
            goal_version=tree.version,
            goal=tree.goal,
            person=person,
            state="proposed",
            amounts=texts(amounts),
            since=now,
        )
        session.add(offer)
        session.flush()
    else:
        values = {"amounts": texts(amounts), "countered": None, "settler_id": None}
        move_offer(session, offer, (offer.state,), "proposed", now, **values)
    return offer


def _require_next_level(session: Session, actor: Actor, offer: GoalOffer, on: date) -> None:
    allow_person(session, actor, "agree_goals", offer.person_id)
    # Whoever stands in for the manager has the manager's place, not the one above it.
    mine = {actor.person_id, actor.own_person_id} - {None}
    manager = manager_of(session, offer.person_id, on)
    settler = session.get(Account, offer.settler_id) if offer.settler_id else None
    settled = settler is not None and is_by(actor, settler)
    if settled or mine & {offer.person_id, manager.id if manager else None}:
        raise refuse(
            "goals.next_level",
            N_("A goal is approved by the level above the manager who settled it."),
            N_("Leave it to them: it is on their page."),
            kind=Kind.DENIED,
        )


def _require_living(version: GoalVersion) -> None:
    if version.state not in ("draft", "approved"):
        raise refuse(
            "goals.version_waits",
            N_("Version {seq} of the plan is no draft and not in force: nothing is proposed."),
            N_("Wait until it is decided on."),
            kind=Kind.CONFLICT,
            seq=version.seq,
        )


def _require_like(offer: GoalOffer, amounts: Amounts) -> None:
    """Refuse amounts that are not as many as were proposed, or that are none."""
    if len(amounts) != len(offer.amounts):
        raise refuse(
            "goals.spans",
            N_("This goal is agreed by the quarter: it takes four figures.")
            if len(offer.amounts) == QUARTERS
            else N_("This goal is agreed by the year: it takes one figure."),
            N_("Give each of them."),
            place=Place(path="amounts"),
        )
    for each in amounts:
        require_amount(each)


def _not_reached(tree: Tree, person: Person) -> KaohengError:
    return refuse(
        "goals.not_reached",
        N_("{goal} does not reach {person}: the plan has no figure for them."),
        N_("HR shares the level above out again, then it is proposed."),
        kind=Kind.CONFLICT,
        goal=tree.goal.title,
        person=person.name,
    )
