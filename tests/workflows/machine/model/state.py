"""What there is to know of a review year, in plain values."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

from tests.workflows.machine.model.people import PEOPLE, principal_of

SHANGHAI = ZoneInfo("Asia/Shanghai")
# By contract number: whose a deal is, and its amount in yuan.
DEALS = {
    "D11a": ("S11", 60_000),
    "D11b": ("S11", 30_000),
    "D12": ("S12", 80_000),
    "D21": ("S21", 120_000),
    "D22": ("S22", 30_000),
}
FIRST_AMOUNT = 400_000  # a person's goal of the year

# Why something is refused, each as "kind code"; nothing where it is done.
Reasons = set[str]
DENIED = "denied access.denied"
NOTHING = {"nothing"}  # there was nothing to do: it is no refusal, and nothing is logged


@dataclass
class Goal:
    """A person's goal of a plan: ``settler`` is the account that settled it."""

    state: str
    amount: int
    settler: str | None = None


@dataclass
class Plan:
    """A version of the year's plan; ``by_hand`` are those whose figure somebody settled."""

    state: str
    amounts: dict[str, int]
    goals: dict[str, Goal] = field(default_factory=dict)
    by_hand: set[str] = field(default_factory=set)
    submitter: str | None = None


@dataclass
class Deal:
    """Whose a deal is, by share; ``edition`` grows whenever that changes."""

    amount: int
    shares: dict[str, Fraction]
    edition: int = 1


@dataclass
class Proposal:
    """Whose a deal should be, what was so when it was proposed, and who answered what."""

    shares: dict[str, Fraction]
    before: dict[str, Fraction]
    answers: dict[str, bool | None]
    answer_by: date
    declined: bool = False


@dataclass(eq=False)
class Claim:
    """A disputed or claimed deal; ``deal`` is None while no record has the number.

    ``asked`` are all whom a proposal for it has ever concerned.
    """

    person: str
    number: str
    deal: str | None
    state: str
    proposal: Proposal | None = None
    asked: set[str] = field(default_factory=set)


@dataclass
class Form:
    """What a rater was asked for, or gave; what it says stays when it is sent back."""

    state: str
    points: int | None = None
    words: bool = False


@dataclass
class Talk:
    version: int = 0
    held: bool = False
    acknowledged: bool = False
    answered: bool = False


@dataclass
class Appeal:
    state: str
    version: int
    answer_due: datetime
    handler: str | None = None
    correction: tuple[str, str] | None = None
    escalated: bool = False


@dataclass
class Reopening:
    state: str
    proposer: str


@dataclass
class Review:
    """Everything of one person's review.

    ``counted`` are the finished ratings, mean by kind of rater, and ``settled`` those that
    everybody's pay rests on since the approval; ``judges`` the accounts that have graded or
    passed it; ``seals`` how many it has had, ``open_again`` whether the last of
    them was opened.
    """

    stage: str = "goal_setting"
    version: int = 0
    confirmed: frozenset[tuple[str, int, Fraction]] | None = None
    report: str = "none"
    forms: dict[tuple[str, str], Form] = field(default_factory=dict)
    rated: bool = False
    counted: dict[str, Fraction] = field(default_factory=dict)
    settled: dict[str, Fraction] = field(default_factory=dict)
    calibrated: str | None = None
    judges: set[str] = field(default_factory=set)
    held: bool = False
    approved_at: datetime | None = None
    talk: Talk | None = None
    appeals: list[Appeal] = field(default_factory=list)
    seals: int = 0
    open_again: bool = False
    reopenings: list[Reopening] = field(default_factory=list)

    @property
    def sealed(self) -> bool:
        return self.seals > 0 and not self.open_again

    @property
    def appeal(self) -> Appeal | None:
        """The appeal that waits for its answer."""
        waiting = ("submitted", "accepted", "proposed")
        return next((each for each in self.appeals if each.state in waiting), None)


@dataclass(eq=False)
class StandIn:
    account: str
    principal: str
    first: date
    last: date
    revoked: bool = False


@dataclass
class Timer:
    """Something that happens at ``due``; ``retry`` is when it is tried again after a failure."""

    kind: str
    person: str
    due: datetime
    stage: str = ""
    day: date = date.min
    retry: datetime | None = None
    attempts: int = 0

    @property
    def next_at(self) -> datetime:
        return self.retry or self.due


@dataclass
class Year:
    """The whole company's year; ``told`` are the notices about stages, each (person, what)."""

    now: datetime
    state: str = "open"
    reviews: dict[str, Review] = field(default_factory=lambda: {each: Review() for each in PEOPLE})
    plans: list[Plan] = field(default_factory=list)
    deals: dict[str, Deal] = field(default_factory=dict)
    targets: dict[str, Fraction] = field(default_factory=dict)
    measured: dict[str, Fraction] = field(default_factory=dict)
    claims: list[Claim] = field(default_factory=list)
    approvers: set[str] = field(default_factory=set)
    ledger: dict[str, int] = field(default_factory=dict)
    standins: list[StandIn] = field(default_factory=list)
    timers: list[Timer] = field(default_factory=list)
    told: set[tuple[str, str]] = field(default_factory=set)

    @property
    def today(self) -> date:
        return self.now.astimezone(SHANGHAI).date()

    @property
    def plan(self) -> Plan:
        """The version that is worked on, or else the newest."""
        return self.plans[-1]

    @property
    def plan_in_force(self) -> Plan:
        return next(plan for plan in self.plans if plan.state == "approved")

    def acts(self, who: str) -> bool:
        """Say whether somebody may act so today: as themselves, or as a stand-in who is named."""
        return principal_of(who) is None or any(
            f"{each.account} for {each.principal}" == who
            and each.first <= self.today <= each.last
            and not each.revoked
            for each in self.standins
        )


def refusals(year: Year, who: str, *reasons: tuple[bool, str]) -> Reasons:
    """Return those of ``reasons`` that hold; whoever may not act like that is told only so."""
    if not year.acts(who):
        return {"denied standins.not_named"}
    return {code for holds, code in reasons if holds}


def end_of(day: date) -> datetime:
    """Return the moment at which a day is over by the company's clock."""
    return datetime.combine(day + timedelta(days=1), datetime.min.time(), SHANGHAI)
