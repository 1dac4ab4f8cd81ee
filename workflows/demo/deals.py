"""A year of deals: who sold what to whom, for how much, and how long it took."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from random import Random

from workflows.demo.company import LEAVER, NEWCOMERS, PRODUCTS, Customer, Person

YEAR = 2025
# Deals that a usual salesperson brings to an end in each month: the spring festival and
# October are quiet, quarters end busily, December most of all.
_CLOSED_IN_MONTH = (6, 4, 11, 7, 8, 11, 7, 8, 11, 6, 9, 13)
# Public holidays: nobody signs on [first, last].
_HOLIDAYS = (
    (date(2025, 1, 1), date(2025, 1, 1)),
    (date(2025, 1, 28), date(2025, 2, 4)),
    (date(2025, 4, 4), date(2025, 4, 4)),
    (date(2025, 5, 1), date(2025, 5, 5)),
    (date(2025, 6, 2), date(2025, 6, 2)),
    (date(2025, 10, 1), date(2025, 10, 8)),
)
_LEAVER_MONTHS = (1, 2, 3)
_OPEN_AT_THE_END = 12
_NEW_CUSTOMER_PERCENT = 30


@dataclass(frozen=True, slots=True)
class Deal:
    """One deal as it turned out; ``closed`` None is still open at the year's end.

    ``amount`` is in yuan, None unless won.
    """

    code: str
    owner: str
    customer: str
    product: str
    opened: date
    closed: date | None
    amount: int | None


def deals(
    random: Random, people: Sequence[Person], customers: Sequence[Customer]
) -> tuple[Deal, ...]:
    """Return the year's deals, numbered in the order in which they were opened."""
    found: list[Deal] = []
    for person in people:
        if person.code not in NEWCOMERS:
            found += _of_person(random, person.code, person.strength, customers)
    found += _of_leaver(random, customers)
    found.sort(key=lambda deal: (deal.opened, deal.owner, deal.customer, deal.product))
    return tuple(
        Deal(f"SJ{YEAR}-{number:05}", d.owner, d.customer, d.product, d.opened, d.closed, d.amount)
        for number, d in enumerate(found, start=1)
    )


class _Portfolio:
    """The customers whom somebody has met, and those still to be met."""

    def __init__(self, random: Random, customers: Sequence[Customer]) -> None:
        self.random = random
        self.strangers = random.sample([customer.name for customer in customers], len(customers))
        self.met = [self.strangers.pop() for _ in range(6)]

    def next_customer(self) -> str:
        """Return a customer met before, or now and then a new one."""
        if self.strangers and self.random.randrange(100) < _NEW_CUSTOMER_PERCENT:
            self.met.append(self.strangers.pop())
            return self.met[-1]
        return self.random.choice(self.met)


def _of_person(
    random: Random, code: str, strength: int, customers: Sequence[Customer]
) -> list[Deal]:
    portfolio = _Portfolio(random, customers)
    found = []
    for month, usual in enumerate(_CLOSED_IN_MONTH, start=1):
        # How many and how well each: both follow strength, and luck differs by month.
        count = usual * (100 + strength) * random.randint(80, 120) // 20_000
        closed = sorted(_day(random, month) for _ in range(count))
        found += [_closed(random, code, strength, day, portfolio.next_customer()) for day in closed]
    found += [_open(random, code, portfolio) for _ in range(random.randint(6, _OPEN_AT_THE_END))]
    return found


def _of_leaver(random: Random, customers: Sequence[Customer]) -> list[Deal]:
    portfolio = _Portfolio(random, customers)
    return [
        _closed(random, LEAVER, 90, _day(random, month), portfolio.next_customer())
        for month in _LEAVER_MONTHS
        for _ in range(3)
    ]


def _closed(random: Random, owner: str, strength: int, closed: date, customer: str) -> Deal:
    product = random.choices(PRODUCTS, [product.weight for product in PRODUCTS])[0]
    won = random.randrange(100) < 36 + strength // 4
    # Two dice give a hump: most deals take some 50 days, the strong are quicker.
    days = (random.randint(8, 60) + random.randint(6, 50)) * 100 // (60 + strength * 2 // 5)
    amount = product.list_price * _charged_percent(random, strength) // 100 if won else None
    opened = closed - timedelta(days=days)
    return Deal("", owner, customer, product.name, opened, closed, amount)


def _open(random: Random, owner: str, portfolio: _Portfolio) -> Deal:
    product = random.choice(PRODUCTS)
    opened = date(YEAR, 12, 31) - timedelta(days=random.randint(0, 75))
    return Deal("", owner, portfolio.next_customer(), product.name, opened, None, None)


def _charged_percent(random: Random, strength: int) -> int:
    """Return what was charged, in percent of the list price: the strong give less away."""
    discount = random.choice((0, 0, 3, 5, 8, 10, 12, 15, 20, 30))
    return 100 - discount * 100 // max(strength, 60)


def _day(random: Random, month: int) -> date:
    """Return a working day of the month; its last third is the likelier."""
    working = _working_days(month)
    return random.choice(working + 2 * [day for day in working if day.day > 20])


@cache
def _working_days(month: int) -> list[date]:
    first = date(YEAR, month, 1)
    after = date(YEAR + month // 12, month % 12 + 1, 1)
    days = [first + timedelta(days=n) for n in range((after - first).days)]
    return [
        day
        for day in days
        if day.isoweekday() <= 5 and not any(first <= day <= last for first, last in _HOLIDAYS)
    ]
