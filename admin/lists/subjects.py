"""What the log's entries are about, by what people call it: a person, a review, a cycle.

The entries hold pseudonyms for good; the names are today's. What is rated without a name, and
what is no longer there, has none here and keeps its id.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from itertools import islice

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import Session, joinedload

from admin.formats import day, in_language
from admin.people.stages import cycle_name
from admin.preferences import translate
from admin.words import word
from engine.errors import N_
from workflows.accounts.tables import Account
from workflows.agreements.tables import Agreement
from workflows.appeals.tables import Appeal
from workflows.calibration.tables import CalibrationSession
from workflows.claims.tables import CreditClaim
from workflows.contributions.tables import Contribution
from workflows.cycles.tables import Cycle
from workflows.log.tables import LogEntry
from workflows.meetings.tables import Meeting
from workflows.org.tables import Person, Unit
from workflows.plans.tables import Plan
from workflows.programme.tables import Survey
from workflows.reviews.tables import Review
from workflows.rulebook.tables import PolicyRow, PolicyVersion
from workflows.simulation.tables import Simulation
from workflows.sources.tables import SourceImport
from workflows.tracking.tables import Undertaking

Subject = tuple[str, str]
Named = Iterable[tuple[str, str]]

_AT_ONCE = 500  # ids of one question: databases take a limited number


def names_of(session: Session, subjects: Iterable[Subject]) -> Mapping[Subject, str]:
    """Return what each of ``subjects``, a kind and an id, is called, where it has a name."""
    by_kind: defaultdict[str, set[str]] = defaultdict(set)
    for kind, key in subjects:
        by_kind[kind].add(key)
    found: dict[Subject, str] = {}
    for kind, keys in by_kind.items():
        if kind in _NAMES:
            left = iter(sorted(keys))
            while some := set(islice(left, _AT_ONCE)):
                found.update({(kind, key): name for key, name in _NAMES[kind](session, some)})
    return found


def about(words: str) -> ColumnElement[bool]:
    """Return the condition of entries that somebody called ``words`` did or is concerned by."""

    def called(table: type[Review | Agreement | Plan]) -> Select[str]:
        return select(table.public_id).join(table.person).where(_said_of_person(words))

    accounts = select(Account.public_id).outerjoin(Account.person)
    acting = accounts.where(
        or_(_said_of_person(words), Account.username.icontains(words, autoescape=True))
    )
    concerned = (
        select(Person.public_id).where(_said_of_person(words)),
        *(called(table) for table in (Review, Agreement, Plan)),
        select(Appeal.public_id)
        .join(Appeal.review)
        .join(Review.person)
        .where(_said_of_person(words)),
        acting,
    )
    return or_(LogEntry.actor.in_(acting), *(LogEntry.subject_id.in_(each) for each in concerned))


def _said_of_person(words: str) -> ColumnElement[bool]:
    return or_(
        Person.name.icontains(words, autoescape=True), Person.code.icontains(words, autoescape=True)
    )


def _with(*parts: str) -> str:
    return " · ".join(parts)


def _person(person: Person) -> str:
    return f"{person.name} {person.code}"


def _accounts(session: Session, keys: set[str]) -> Named:
    found = select(Account).where(Account.public_id.in_(keys)).options(joinedload(Account.person))
    for each in session.scalars(found):
        yield (
            each.public_id,
            (_with(each.username, each.person.name) if each.person else each.username),
        )


def _people(session: Session, keys: set[str]) -> Named:
    for each in session.scalars(select(Person).where(Person.public_id.in_(keys))):
        yield each.public_id, _person(each)


def _reviews(session: Session, keys: set[str]) -> Named:
    found = select(Review).where(Review.public_id.in_(keys)).options(joinedload(Review.person))
    for each in session.scalars(found):
        yield each.public_id, _with(_person(each.person), cycle_name(each.cycle))


def _appeals(session: Session, keys: set[str]) -> Named:
    for each in session.scalars(select(Appeal).where(Appeal.public_id.in_(keys))):
        yield each.public_id, _with(_person(each.review.person), cycle_name(each.review.cycle))


def _agreements(session: Session, keys: set[str]) -> Named:
    found = select(Agreement).where(Agreement.public_id.in_(keys))
    for each in session.scalars(
        found.options(joinedload(Agreement.person), joinedload(Agreement.policy))
    ):
        policy = f"{in_language(each.policy.name)} {each.period}"
        yield each.public_id, _with(_person(each.person), policy)


def _plans(session: Session, keys: set[str]) -> Named:
    for each in session.scalars(select(Plan).where(Plan.public_id.in_(keys))):
        yield each.public_id, _with(_person(each.person), word(each.kind, "plan_kinds"))


def _measures(session: Session, keys: set[str]) -> Named:
    for each in session.scalars(select(Undertaking).where(Undertaking.public_id.in_(keys))):
        yield each.public_id, _person(each.owner)


def _contributions(session: Session, keys: set[str]) -> Named:
    for each in session.scalars(select(Contribution).where(Contribution.public_id.in_(keys))):
        yield each.public_id, _person(each.person)


def _claims(session: Session, keys: set[str]) -> Named:
    for each in session.scalars(select(CreditClaim).where(CreditClaim.public_id.in_(keys))):
        yield each.public_id, each.contract


def _cycles(session: Session, keys: set[str]) -> Named:
    for each in session.scalars(select(Cycle).where(Cycle.code.in_(keys))):
        yield each.code, cycle_name(each)


def _meetings(session: Session, keys: set[str]) -> Named:
    for each in session.scalars(select(Meeting).where(Meeting.public_id.in_(keys))):
        yield each.public_id, cycle_name(each.cycle)


def _calibrations(session: Session, keys: set[str]) -> Named:
    found = select(CalibrationSession).where(CalibrationSession.public_id.in_(keys))
    for each in session.scalars(found):
        yield each.public_id, _with(each.name, cycle_name(each.cycle))


def _policies(session: Session, keys: set[str]) -> Named:
    for each in session.scalars(select(PolicyRow).where(PolicyRow.code.in_(keys))):
        yield each.code, in_language(each.name)


def _versions(session: Session, keys: set[str]) -> Named:
    found = select(PolicyVersion).where(PolicyVersion.digest.in_(keys))
    for each in session.scalars(found.options(joinedload(PolicyVersion.policy))):
        version = translate(N_("version {seq}"), seq=each.seq)
        yield each.digest, _with(in_language(each.policy.name), version)


def _simulations(session: Session, keys: set[str]) -> Named:
    for each in session.scalars(select(Simulation).where(Simulation.public_id.in_(keys))):
        yield each.public_id, cycle_name(each.cycle)


def _imports(session: Session, keys: set[str]) -> Named:
    for each in session.scalars(select(SourceImport).where(SourceImport.public_id.in_(keys))):
        yield each.public_id, each.source


def _units(session: Session, keys: set[str]) -> Named:
    for each in session.scalars(select(Unit).where(Unit.code.in_(keys))):
        yield each.code, f"{each.name} {each.code}"


def _surveys(session: Session, keys: set[str]) -> Named:
    for each in session.scalars(select(Survey).where(Survey.public_id.in_(keys))):
        yield each.public_id, each.quarter


def _days(_session: Session, keys: set[str]) -> Named:
    for each in keys:
        yield each, day(date.fromisoformat(each))


_NAMES: dict[str, Callable[[Session, set[str]], Named]] = {
    "account": _accounts,
    "agreement": _agreements,
    "appeal": _appeals,
    "calendar_day": _days,
    "calibration": _calibrations,
    "claim": _claims,
    "contribution": _contributions,
    "cycle": _cycles,
    "import": _imports,
    "measure": _measures,
    "meeting": _meetings,
    "person": _people,
    "plan": _plans,
    "policy": _policies,
    "policy_version": _versions,
    "review": _reviews,
    "simulation": _simulations,
    "survey": _surveys,
    "unit": _units,
}
