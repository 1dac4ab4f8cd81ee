"""``kaoheng confirm`` and ``kaoheng claims``: whose records are whose, before the lock."""

from __future__ import annotations

from datetime import date
from typing import Any

import click
from sqlalchemy.orm import Session

from admin.cli.acting import actor, application
from admin.cli.days import DAY
from admin.cli.output import printed, say
from engine.errors import N_
from workflows.access.actors import Actor
from workflows.base.clock import today
from workflows.base.states import state_named
from workflows.claims.answering import answer_proposal, decide_claim
from workflows.claims.opening import claim_missing, dispute_line, unknown_record, withdraw_claim
from workflows.claims.proposing import arrange_credits, not_there, propose_credits
from workflows.claims.reading import claim_rows, find_claim, find_record, standing_proposal
from workflows.claims.tables import CreditClaim
from workflows.confirming.operations import confirm_records
from workflows.confirming.reading import confirmation_rows
from workflows.confirming.standing import Standing, standings
from workflows.crediting.differences import decide_difference, find_difference, open_differences
from workflows.cycles.operations import find_cycle, policy_of
from workflows.org.tables import Person
from workflows.reviews.finding import visible_review
from workflows.reviews.reading import find_review
from workflows.reviews.tables import Review
from workflows.sources.extraction import CreditLine
from workflows.sources.values import share


@click.group()
def confirm() -> None:
    """Results confirmed 业绩核对: everybody's own list of records, before the lock."""


@confirm.command("list")
@click.argument("code", metavar="CYCLE")
@printed("person", "team", "state", "records", "confirmed_at", "list")
def list_(code: str) -> list[dict[str, object]]:
    """List who has confirmed, disputed or not answered in CYCLE."""
    with application() as app, app.database.read() as session:
        return confirmation_rows(session, actor(app, session), find_cycle(session, code))


@confirm.command()
@click.argument("code", metavar="CYCLE")
@printed("kind", "code", "date", "share", "role", "version")
def records(code: str) -> list[dict[str, object]]:
    """List your own records that count in CYCLE, as you would confirm them."""
    with application() as app, app.database.read() as session:
        review = _own(session, actor(app, session), code)
        return [
            {
                "kind": line.kind,
                "code": line.code,
                "date": line.day,
                "share": line.share,
                "role": ", ".join(line.roles),
                "version": line.digest,
            }
            for line in _standing(session, review).lines
        ]


@confirm.command("confirm")
@click.argument("code", metavar="CYCLE")
@click.option("--list", "seen", help="The digest of the list that you have seen.")
def confirm_(code: str, seen: str | None) -> None:
    """Confirm your own list of CYCLE, as it is now or as `--list` names it."""
    with application() as app, app.database.write() as session:
        who = actor(app, session)
        review = _own(session, who, code)
        digest = seen or _standing(session, review).digest
        made = confirm_records(session, who, app.clock(), review, seen=digest)
        count = len(made.lines)
    say(N_("Confirmed {count} records of {cycle}."), count=count, cycle=code)


@confirm.command()
@click.argument("code", metavar="CYCLE")
@click.argument("record", metavar="KIND/CODE")
@click.option("--reason", required=True, help="What is wrong with it.")
def dispute(code: str, record: str, reason: str) -> None:
    """Dispute a record of your own list of CYCLE."""
    with application() as app, app.database.write() as session:
        who = actor(app, session)
        review = _own(session, who, code)
        kind, _, number = record.partition("/")
        found = find_record(session, kind, number)
        if found is None:
            raise unknown_record()
        claim = dispute_line(session, who, app.clock(), review, found, reason=reason).public_id
    say(N_("Brought up as claim {claim}."), claim=claim)


@click.group()
def claims() -> None:
    """Claims 业绩归属: whose a deal is, proposed, agreed on by those concerned, or decided.

    CLAIM is as `claims list` prints it, DIFFERENCE as `claims differences` does.
    """


@claims.command("list")
@printed("claim", "kind", "state", "person", "contract", "record", "opened_at")
def claims_list() -> list[dict[str, object]]:
    """List the claims that you may read, the newest first."""
    with application() as app, app.database.read() as session:
        return claim_rows(session, actor(app, session))


@claims.command()
@click.argument("code", metavar="CYCLE")
@click.argument("contract")
@click.option("--reason", required=True, help="Why it is yours.")
def missing(code: str, contract: str, reason: str) -> None:
    """Claim a deal that is missing from your list of CYCLE by its CONTRACT number."""
    with application() as app, app.database.write() as session:
        who = actor(app, session)
        review = _own(session, who, code)
        now = app.clock()
        claim = claim_missing(session, who, now, review, contract=contract, reason=reason).public_id
    say(N_("Brought up as claim {claim}."), claim=claim)


@claims.command()
@click.argument("record", metavar="KIND/CODE")
@click.option("--reason", required=True, help="Why its credits should be others.")
def arrange(record: str, reason: str) -> None:
    """Bring up a record whose credits should be others: a split or a handover."""
    with application() as app, app.database.write() as session:
        who = actor(app, session)
        kind, _, number = record.partition("/")
        found = find_record(session, kind, number)
        if found is None:
            raise unknown_record()
        claim = arrange_credits(session, who, app.clock(), found, reason=reason).public_id
    say(N_("Brought up as claim {claim}."), claim=claim)


@claims.command()
@click.argument("claim")
@click.argument("lines", nargs=-1, required=True, metavar="PERSON=SHARE[@FROM]...")
@click.option("--reason", required=True, help="Why: those concerned read it.")
@click.option("--role", default="owner", show_default=True, help="The role of all of them.")
@click.option("--answer-by", type=DAY, help="The last day to answer.")
def propose(
    claim: str, lines: tuple[str, ...], reason: str, role: str, answer_by: date | None
) -> None:
    """Propose the credit lines of CLAIM's record, as in: s0101=60% s0102=40%@2026-03-01."""
    credits = [_line(line, role) for line in lines]
    with application() as app, app.database.write() as session:
        who = actor(app, session)
        found = find_claim(session, who, claim)
        made = propose_credits(
            session, who, app.clock(), found, credits, reason=reason, answer_by=answer_by
        )
        concerned = ", ".join(each.person.code for each in made.concerned)
    say(N_("Proposed; to be answered by: {people}."), people=concerned)


@claims.command()
@click.argument("claim")
@click.option("--accept/--decline", required=True, help="What you answer.")
@click.option("--reason", default="", help="Needed where you decline.")
def answer(claim: str, accept: bool, reason: str) -> None:
    """Answer what is proposed for CLAIM and concerns you."""
    with application() as app, app.database.write() as session:
        who = actor(app, session)
        proposal = standing_proposal(find_claim(session, who, claim))
        if proposal is None:
            raise not_there()
        answer_proposal(session, who, app.clock(), proposal, accept=accept, reason=reason)
        state = proposal.claim.state
    say(N_("Answered; the claim is {state}."), state=state_named("claims", state))


@claims.command()
@click.argument("claim")
@click.option("--grant/--reject", required=True, help="As proposed, or as it is.")
@click.option("--reason", required=True, help="Why: it stays with the claim.")
def decide(claim: str, grant: bool, reason: str) -> None:
    """Decide on CLAIM where those concerned do not agree."""
    with application() as app, app.database.write() as session:
        now, who = app.clock(), actor(app, session)
        found: CreditClaim = find_claim(session, who, claim)
        day = today(now, app.settings.timezone)
        decide_claim(session, who, now, found, grant=grant, reason=reason, today=day)
        state = found.state
    say(N_("Decided; the claim is {state}."), state=state_named("claims", state))


@claims.command()
@click.argument("claim")
def withdraw(claim: str) -> None:
    """Withdraw CLAIM, which you brought up."""
    with application() as app, app.database.write() as session:
        who = actor(app, session)
        withdraw_claim(session, who, app.clock(), find_claim(session, who, claim))
    say(N_("Withdrawn."))


@claims.command()
@printed("difference", "kind", "record", "said", "agreed")
def differences() -> list[dict[str, object]]:
    """List the records of which the source says other credits than were agreed."""
    with application() as app, app.database.read() as session:
        return [
            {
                "difference": each.public_id,
                "kind": each.record.kind,
                "record": each.record.code,
                "said": _written(each.said),
                "agreed": _written(each.agreed),
            }
            for each in open_differences(session, actor(app, session))
        ]


@claims.command()
@click.argument("difference")
@click.option("--keep/--take", required=True, help="As agreed, or as the source says.")
@click.option("--reason", required=True, help="Why: those concerned are told of it.")
def settle(difference: str, keep: bool, reason: str) -> None:
    """Decide on DIFFERENCE between a source and what was agreed."""
    with application() as app, app.database.write() as session:
        who = actor(app, session)
        found = find_difference(session, difference)
        decide_difference(session, who, app.clock(), found, take=not keep, reason=reason)
    say(N_("Kept as agreed.") if keep else N_("Taken as the source says."))


def _written(lines: list[Any]) -> str:
    return " ".join(
        f"{person}={part}" + (f"@{since}" if since else "") for person, part, _, since in lines
    )


def _own(session: Session, who: Actor, code: str) -> Review:
    cycle = find_cycle(session, code)
    person = session.get(Person, who.person_id) if who.person_id else None
    review = find_review(session, cycle, person.code if person else "-")
    return visible_review(session, who, review.public_id)


def _standing(session: Session, review: Review) -> Standing:
    return standings(session, review.cycle, policy_of(review.cycle), [review])[review.id]


def _line(text: str, role: str) -> CreditLine:
    person, equals, rest = text.partition("=")
    part, at, day = rest.partition("@")
    found = share(part)
    try:
        since = date.fromisoformat(day) if at else None
    except ValueError:
        since = None
    if not equals or found is None or (at and since is None):
        raise click.BadParameter(f"{text}: PERSON=SHARE or PERSON=SHARE@YYYY-MM-DD")
    return CreditLine(person, found, role, since)


commands = [confirm, claims]
