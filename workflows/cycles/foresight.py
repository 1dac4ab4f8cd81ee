"""What opening a cycle, or approving its results, would do: read before anybody decides."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import canonical, periods
from engine.canonical import digest, from_canonical
from engine.grants import Grant
from engine.model import Policy
from engine.policies import load
from workflows.access.actors import Actor
from workflows.access.decide import allow_everywhere
from workflows.cycles.evaluation import FINAL, compute, final_facts
from workflows.cycles.live import live_version
from workflows.cycles.operations import policy_of
from workflows.cycles.pinned import pinned_version
from workflows.cycles.population import population
from workflows.cycles.tables import Cycle
from workflows.rulebook.operations import refuse_before_first, version_in_force
from workflows.rulebook.reading import publications_of
from workflows.rulebook.shipped import policy_file, shipped_policies
from workflows.rulebook.standing import ruling_of
from workflows.rulebook.tables import PolicyRow, PolicyVersion, Publication


@dataclass(frozen=True, slots=True)
class Version:
    """The version that a cycle would pin; without ``seq`` it is shipped, to be adopted then."""

    policy: Policy
    digest: str
    seq: int | None

    @property
    def name(self) -> Mapping[str, str]:
        return {"zh": self.policy.name.zh, "en": self.policy.name.en}


@dataclass(frozen=True, slots=True)
class Choice:
    """A policy with the periods that a cycle of it may be opened for, and those that have one."""

    version: Version
    periods: tuple[str, ...]
    opened: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Preview:
    """What opening would give: the version pinned, how many reviews, the company's targets."""

    version: Version
    period: periods.Period
    people: int
    teams: int
    targets: tuple[tuple[Mapping[str, str], Decimal | None], ...]
    is_there: bool

    @property
    def can_open(self) -> bool:
        """Whether nothing that shows here stands in the way."""
        figures = all(amount is not None for _, amount in self.targets)
        return figures and not self.is_there and self.people > 0


@dataclass(frozen=True, slots=True)
class Granted:
    """What an approval would give of one kind: to how many people, and the sum of it."""

    kind: str
    people: int
    amount: Decimal | None
    currency: str | None


def choices(session: Session, actor: Actor, today: date) -> list[Choice]:
    """Return the policies that cycles may be opened of, by code, those published first."""
    allow_everywhere(actor, "open_cycle")
    codes = set(session.scalars(select(PolicyRow.code))) | set(shipped_policies())
    taken = set(session.scalars(select(Cycle.code)))
    found = (_choice(session, code, taken, today) for code in sorted(codes))
    return sorted(filter(None, found), key=lambda each: each.version.seq is None)


def preview(session: Session, actor: Actor, code: str, label: str) -> Preview | None:
    """Return what opening ``code`` for the period ``label`` would do, or None for no such policy.

    Raises ``KaohengError`` for a text that is no period, or one before the policy's first day.
    """
    allow_everywhere(actor, "open_cycle")
    period = periods.parse(label)
    version = version_to_pin(session, code, period.start)
    if version is None:
        return None
    members = population(session, version.policy, period)
    targets = (
        ({"zh": rule.name.zh, "en": rule.name.en}, dict(rule.company).get(label))
        for rule in version.policy.targets
    )
    return Preview(
        version,
        period,
        len(members),
        len({member.team.id for member in members}),
        tuple(targets),
        session.scalar(select(Cycle.id).where(Cycle.code == f"{code}@{label}")) is not None,
    )


def version_to_pin(session: Session, code: str, on: date) -> Version | None:
    """Return the version in force on a day, else the shipped one, else None.

    Refuses with ``CONFLICT`` a day before the policy's first.
    """
    row = version_in_force(session, code, on)
    if row is not None:
        return _read(row)
    refuse_before_first(session, code, on)
    return _shipped(code)


def _read(row: PolicyVersion) -> Version:
    return Version(from_canonical(row.canonical), row.digest, row.seq)


def _shipped(code: str) -> Version | None:
    if code not in shipped_policies():
        return None
    path = policy_file(code)
    policy = load(path.read_text(encoding="utf-8"), path.name)
    return Version(policy, digest(policy), None)


def would_grant(session: Session, actor: Actor, cycle: Cycle) -> list[Granted]:
    """Return what approving would grant now, by kind, to whoever approves.

    Whoever is still to be rated has nothing yet; the approval itself waits for them.
    """
    allow_everywhere(actor, "approve_cycle")
    facts = final_facts(session, cycle, policy_of(cycle))
    policy = live_version(pinned_version(cycle), facts).policy
    return list(_by_kind(canonical.grants(compute(policy, FINAL, canonical.lines(facts)).grants)))


def _choice(session: Session, code: str, taken: set[str], today: date) -> Choice | None:
    """Return the policy, as it is now or will be, with the periods that each version governs."""
    published = publications_of(session, code)
    shown = ruling_of(published, today) or ruling_of(published, date.max)
    version = _read(shown.version) if shown else _shipped(code)
    if version is None or not _appraises(version.policy):
        return None
    labels = _governed(published, today) if published else _labels(version.policy, today)
    opened = {label for label in labels if f"{code}@{label}" in taken}
    return Choice(
        version,
        tuple(sorted(labels - opened, reverse=True)),
        tuple(sorted(opened, reverse=True)),
    )


def _appraises(policy: Policy) -> bool:
    return bool(policy.workflow and policy.grades)


def _governed(published: Sequence[Publication], today: date) -> set[str]:
    """Return the periods, of those that a version has figures for, that the same one governs."""
    found: set[str] = set()
    for version in {each.version_id: each.version for each in published}.values():
        policy = from_canonical(version.canonical)
        for label in _labels(policy, today) if _appraises(policy) else ():
            ruling = ruling_of(published, periods.parse(label).start)
            if ruling is not None and ruling.version_id == version.id:
                found.add(label)
    return found


def _labels(policy: Policy, today: date) -> set[str]:
    figures = [{label for label, _ in rule.company} for rule in policy.targets]
    kind = periods.PeriodKind(policy.period)
    return set.intersection(*figures) if figures else _around(today, kind)


def _around(today: date, kind: periods.PeriodKind) -> set[str]:
    """Return the periods that a policy without company figures is opened for: now and next."""
    now = periods.containing(today, kind)
    return {now.previous.label, now.label, now.next.label}


def _by_kind(grants: Iterable[Grant]) -> Iterable[Granted]:
    kinds: dict[tuple[str, str | None], list[Grant]] = {}
    for grant in grants:
        kinds.setdefault((grant.kind, grant.currency), []).append(grant)
    for (kind, currency), given in sorted(kinds.items(), key=lambda each: str(each[0])):
        money = [grant.amount for grant in given if grant.amount is not None]
        people = len({grant.person for grant in given})
        yield Granted(kind, people, sum(money, Decimal(0)) if currency else None, currency)
