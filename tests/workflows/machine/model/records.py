"""Records confirmed, disputed, claimed and agreed on: docs/confirming.md."""

from __future__ import annotations

from datetime import timedelta
from fractions import Fraction

from tests.workflows.machine.model.people import (
    account_of,
    may,
    person_of,
    persons_behind,
    principal_of,
    reached,
)
from tests.workflows.machine.model.state import (
    DENIED,
    NOTHING,
    Claim,
    Proposal,
    Reasons,
    Year,
    refusals,
)

LOCKED = "conflict confirming.data_locked"
NO_REASON = "invalid claims.reason_needed"
UNKNOWN = "missing claims.unknown"
PENDING, UNSETTLED = ("open", "proposed"), ("waiting", "open", "proposed")
TO_ANSWER = timedelta(days=7)


def own_list(year: Year, person: str) -> frozenset[tuple[str, int, Fraction]]:
    """Return what somebody confirms: which version of which deals, with their share."""
    return frozenset(
        (code, deal.edition, deal.shares[person])
        for code, deal in year.deals.items()
        if person in deal.shares
    )


def standing(year: Year, person: str) -> str:
    """Return where somebody stands with their list."""
    if any(claim.person == person and claim.state in PENDING for claim in year.claims):
        return "disputed"
    confirmed = year.reviews[person].confirmed
    if confirmed is None:
        return "waiting"
    return "confirmed" if confirmed == own_list(year, person) else "changed"


def confirm(year: Year, who: str, person: str, *, fresh: bool) -> Reasons:
    """Confirm one's own list as it is; ``fresh``: nothing has changed since it was opened."""
    state = standing(year, person)
    refused = refusals(
        year,
        who,
        (person not in reached(who, "be oneself"), DENIED),
        (year.state != "open", LOCKED),
        (not fresh, "conflict confirming.changed_meanwhile"),
        (state == "disputed", "conflict confirming.disputed"),
    )
    if refused:
        return refused
    if state == "confirmed":
        return NOTHING
    year.reviews[person].confirmed = own_list(year, person)
    return refused


def dispute(year: Year, who: str, person: str, code: str, *, reason: bool) -> Reasons:
    """Dispute a deal of one's own list."""
    refused = refusals(
        year,
        who,
        *_own_claim(year, who, person, code, reason=reason),
        (person not in year.deals[code].shares, "missing claims.no_such_record"),
    )
    if not refused:
        year.claims.append(Claim(person, code, code, "open"))
    return refused


def claim(year: Year, who: str, person: str, number: str, *, reason: bool) -> Reasons:
    """Claim a deal by its number; a number that no record has yet waits for one."""
    deal = year.deals.get(number)
    mine = deal is not None and person in deal.shares
    refused = refusals(
        year,
        who,
        *_own_claim(year, who, person, number, reason=reason),
        (mine, "invalid claims.yours_already"),
    )
    if not refused:
        state = "waiting" if deal is None else "open"
        year.claims.append(Claim(person, number, number if deal else None, state))
    return refused


def _own_claim(
    year: Year, who: str, person: str, number: str, *, reason: bool
) -> tuple[tuple[bool, str], ...]:
    twice = any(
        (each.person, each.number) == (person, number) and each.state in UNSETTLED
        for each in year.claims
    )
    return (
        (person not in reached(who, "be oneself"), DENIED),
        (year.state != "open", LOCKED),
        (not reason, NO_REASON),
        (twice, "conflict claims.twice"),
    )


def sees(who: str, about: Claim) -> bool:
    """Say whether somebody may read a claim: of those they reach, or that concerns them."""
    return about.person in reached(who, "read") or person_of(who) in about.asked


def withdraw(year: Year, who: str, about: Claim) -> Reasons:
    refused = refusals(
        year,
        who,
        *_readable(who, about),
        (account_of(who) != about.person or principal_of(who) is not None, DENIED),
        (about.state not in UNSETTLED, "conflict claims.moved_already"),
    )
    if not refused:
        about.state, about.proposal = "withdrawn", None
    return refused


def propose(
    year: Year, who: str, about: Claim, shares: dict[str, Fraction], *, reason: bool
) -> Reasons:
    """Propose whose a deal should be; everybody credited now or then is asked to answer."""
    before = year.deals[about.deal].shares if about.deal else {}
    refused = refusals(
        year,
        who,
        *_readable(who, about),
        (about.person not in reached(who, "propose credits"), DENIED),
        (about.person in persons_behind(who), DENIED),
        (not reason, NO_REASON),
        (about.deal is None, "conflict claims.no_record_yet"),
        (about.deal is not None and shares == before, "invalid claims.same"),
        (about.state not in PENDING, "conflict claims.moved_already"),
    )
    if not refused:
        concerned = sorted({*before, *shares, about.person})
        answer_by = year.today + TO_ANSWER
        answers: dict[str, bool | None] = dict.fromkeys(concerned)
        about.state = "proposed"
        about.proposal = Proposal(shares, dict(before), answers, answer_by)
        about.asked |= set(concerned)
    return refused


def answer(year: Year, who: str, about: Claim, *, accept: bool, reason: bool) -> Reasons:
    """Accept or decline a proposal; when all have accepted, the deal is theirs as proposed."""
    proposal, person = about.proposal, account_of(who)
    asked = proposal is not None and person in proposal.answers and principal_of(who) is None
    others = (
        ()
        if proposal is None
        else [given for each, given in proposal.answers.items() if each != person]
    )
    last = asked and accept and all(others)
    refused = refusals(
        year,
        who,
        *_readable(who, about),
        (proposal is None, "conflict claims.no_such_proposal"),
        # Whoever may read the claim sees that nothing was proposed: that is told to anybody.
        (proposal is not None and not (may(who, "be oneself") and asked), DENIED),
        (not accept and not reason, NO_REASON),
        (
            proposal is not None and proposal.answers.get(person) is not None,
            "conflict claims.answered",
        ),
        (last and _outdated(year, about), "conflict claims.record_changed"),
    )
    if proposal is not None and not refused:
        proposal.answers[person] = accept
        proposal.declined = proposal.declined or not accept
        if last:
            _carry_out(year, about, "agreed")
    return refused


def decide(year: Year, who: str, about: Claim, *, grant: bool, reason: bool) -> Reasons:
    """Decide where those concerned do not agree, once somebody declined or their time is over."""
    proposal = about.proposal
    may_agree = proposal is not None and not proposal.declined and year.today <= proposal.answer_by
    concerned = set(proposal.answers) if proposal is not None else set()
    refused = refusals(
        year,
        who,
        *_readable(who, about),
        (about.person not in reached(who, "decide on claims"), DENIED),
        (bool({about.person, *concerned} & persons_behind(who)), DENIED),
        (not reason, NO_REASON),
        (grant and proposal is None, "conflict claims.nothing_proposed"),
        (may_agree, "conflict claims.may_still_agree"),
        (grant and _outdated(year, about), "conflict claims.record_changed"),
        (about.state not in PENDING, "conflict claims.moved_already"),
    )
    if not refused:
        if grant:
            _carry_out(year, about, "decided")
        about.state, about.proposal = "decided" if grant else "rejected", None
    return refused


def _readable(who: str, about: Claim) -> tuple[tuple[bool, str], ...]:
    return (
        (not may(who, "read"), DENIED),
        (not sees(who, about), UNKNOWN),
    )


def _outdated(year: Year, about: Claim) -> bool:
    """Say whether the deal is otherwise credited than when the proposal was made."""
    proposal = about.proposal
    if proposal is None or about.deal is None:
        return False
    return proposal.before != year.deals[about.deal].shares


def _carry_out(year: Year, about: Claim, state: str) -> None:
    assert about.proposal is not None
    assert about.deal is not None
    deal = year.deals[about.deal]
    deal.shares, deal.edition = dict(about.proposal.shares), deal.edition + 1
    about.state, about.proposal = state, None
