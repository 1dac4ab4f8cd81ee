"""What the ledger has for a review, held against what it should have; the rest is posted."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from engine.forms.guardrails import PROPOSALS
from engine.grants import Grant
from engine.model import Bilingual
from workflows.incentives.operations import amount_of, entry_of, payable_from, proposal_of
from workflows.incentives.tables import LedgerEntry, Proposal
from workflows.reviews.tables import Review

# A rule, its kind of grant, and from when it is payable: a holdback is corrected by itself.
Place = tuple[str, str, date | None]


@dataclass(slots=True)
class _Side:
    """The grants or the entries of one place: money in all, and how many are without any.

    ``plain`` are the ledger's entries without money that nothing has reversed yet.
    """

    sum: Decimal = Decimal(0)
    currency: str | None = None
    count: int = 0
    plain: list[LedgerEntry] = field(default_factory=list)


def post_differences(
    session: Session, now: datetime, reviews: Sequence[Review], grants: Iterable[Grant], rerun: int
) -> int:
    """Post, for every review, what ``grants`` give beyond the ledger; return how many entries.

    Money differs by an amount, above or below zero; what has none is entered anew or reversed.
    A proposal that was not made before is made; one that was decided on stays decided.
    """
    given: dict[str, list[Grant]] = defaultdict(list)
    for grant in grants:
        given[grant.person].append(grant)
    entries_of, proposed = _entries(session, reviews), _proposed(session, reviews)
    posted = 0
    for review in reviews:
        own = given[review.person.code]
        asked = [grant for grant in own if grant.is_proposal]
        session.add_all(_proposals(now, review, asked, proposed[review.id]))
        wanted = _wanted(review, [grant for grant in own if not grant.is_proposal])
        entries = list(_differences(now, review, entries_of[review.id], wanted, rerun))
        session.add_all(entries)
        posted += len(entries)
    session.flush()
    return posted


def _differences(
    now: datetime,
    review: Review,
    entries: Sequence[LedgerEntry],
    wanted: dict[Place, _Side],
    rerun: int,
) -> Iterator[LedgerEntry]:
    """Give the entries that bring a review's places to what is wanted."""
    held, last = _held(entries), _last_numbers(entries)
    for place in dict.fromkeys((*wanted, *held)):
        for amount, currency, reverses in _of_place(wanted[place], held[place]):
            rule, kind, payable = place
            last[rule, kind] += 1
            grant = Grant(review.person.code, kind, amount, currency, rule, Bilingual("", ""))
            entry = entry_of(now, review, grant, last[rule, kind], {"rerun": rerun})
            entry.payable_from, entry.reverses_id = payable, reverses
            yield entry


def _of_place(
    wanted: _Side, held: _Side
) -> Iterator[tuple[Decimal | None, str | None, int | None]]:
    """Give amount, currency and what it reverses, of each entry that a place lacks."""
    if difference := wanted.sum - held.sum:
        yield difference, wanted.currency or held.currency, None
    for _ in range(wanted.count - held.count):
        yield None, None, None
    for entry in held.plain[wanted.count :]:
        yield None, None, entry.id


def _wanted(review: Review, grants: list[Grant]) -> dict[Place, _Side]:
    found: dict[Place, _Side] = defaultdict(_Side)
    for grant in grants:
        side = found[grant.rule, grant.kind, payable_from(review, grant)]
        side.sum += grant.amount or Decimal(0)
        side.currency = side.currency or grant.currency
        side.count += grant.amount is None
    return found


def _held(entries: Sequence[LedgerEntry]) -> dict[Place, _Side]:
    """Add up the entries; a reversal counts where the reversed entry does."""
    by_id = {entry.id: entry for entry in entries}
    reversed_ids = {entry.reverses_id for entry in entries}
    found: dict[Place, _Side] = defaultdict(_Side)
    for entry in entries:
        original = by_id.get(entry.reverses_id or 0, entry)
        if original.kind in PROPOSALS:
            continue  # a person decided that, and no rerun takes it back
        side = found[original.rule, original.kind, original.payable_from]
        side.sum += amount_of(entry) or Decimal(0)
        side.currency = side.currency or entry.currency
        if original is entry and entry.amount_minor is None and entry.id not in reversed_ids:
            side.plain.append(entry)
            side.count += 1
    return found


def _entries(session: Session, reviews: Sequence[Review]) -> defaultdict[int, list[LedgerEntry]]:
    """Return the ledger's entries by review, the first first."""
    found: defaultdict[int, list[LedgerEntry]] = defaultdict(list)
    query = select(LedgerEntry).order_by(LedgerEntry.id)
    for entry in session.scalars(query.where(LedgerEntry.review_id.in_(_beside(reviews)))):
        found[entry.review_id].append(entry)
    return found


def _last_numbers(entries: Sequence[LedgerEntry]) -> Counter[tuple[str, str]]:
    last: Counter[tuple[str, str]] = Counter()
    for entry in entries:
        last[entry.rule, entry.kind] = max(last[entry.rule, entry.kind], entry.seq)
    return last


def _proposed(
    session: Session, reviews: Sequence[Review]
) -> defaultdict[int, set[tuple[str, str]]]:
    """Return the rules, with their kinds of grant, that proposed something before, by review."""
    found: defaultdict[int, set[tuple[str, str]]] = defaultdict(set)
    query = select(Proposal.review_id, Proposal.rule, Proposal.kind)
    for review, rule, kind in session.execute(
        query.where(Proposal.review_id.in_(_beside(reviews)))
    ):
        found[review].add((rule, kind))
    return found


def _proposals(
    now: datetime, review: Review, grants: Sequence[Grant], there: set[tuple[str, str]]
) -> Iterator[Proposal]:
    """Make the proposals of rules that proposed nothing for the review before."""
    new = (grant for grant in grants if (grant.rule, grant.kind) not in there)
    return (proposal_of(now, review, grant, 1) for grant in new)


def _beside(reviews: Sequence[Review]) -> Select[int]:
    """Return the statement of all reviews of the cycles that ``reviews`` are of."""
    return select(Review.id).where(Review.cycle_id.in_({each.cycle_id for each in reviews}))
