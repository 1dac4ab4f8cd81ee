"""Correcting a record, or whose it is: read as ``kind/code/field`` or ``kind/code/@person``."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine.errors import N_, Place, refuse
from engine.plain import plain_number
from workflows.access.actors import Actor
from workflows.crediting.versions import entry_of, standing_of, write_version
from workflows.cycles.facts import CreditRow
from workflows.org.tables import Person
from workflows.sources.extraction import CreditLine as Line
from workflows.sources.extraction import Record as Extracted
from workflows.sources.importing import claim
from workflows.sources.tables import ALWAYS, CreditLine, Record, RecordVersion

OWNER = "owner"


@dataclass(frozen=True, slots=True)
class Changed:
    """A record as it is and as it would be; ``versions`` are all that there are of it."""

    kind: str
    code: str
    before: Extracted
    after: Extracted
    versions: tuple[int, ...]

    @property
    def rows(self) -> Iterator[CreditRow]:
        """The credit lines that a measure counts, under the version that is there now."""
        last, fields = max(self.versions), self.after.fields
        for line in self.after.credits:
            since = line.since or ALWAYS
            yield CreditRow(last, self.kind, self.code, line.person, line.share, fields, since)

    def was(self, name: str) -> str | None:
        """Return what a field, or somebody's share, is now."""
        part = name.split("/", 2)[2]
        if not part.startswith("@"):
            return self.before.fields.get(part)
        shares = [line.share for line in self.before.credits if line.person == part[1:]]
        return plain_number(sum(shares, Decimal(0)))


def changed_records(
    session: Session, changes: Sequence[tuple[str, str]], *, check: bool = True
) -> tuple[Changed, ...]:
    """Return the records that ``changes`` (a name and what it becomes) make.

    Raises ``KaohengError`` for a record, field or person that there is not, a value that is not
    of the field's kind, or shares that do not sum to one.
    """
    by_record: dict[tuple[str, str], dict[str, str]] = {}
    for name, becomes in changes:
        kind, code, part = _read(name)
        by_record.setdefault((kind, code), {})[part] = becomes.strip()
    found = []
    for (kind, code), parts in by_record.items():
        before, versions = _as_it_is(session, kind, code)
        after = _changed(session, before, parts)
        if check and sum((line.share for line in after.credits), Decimal(0)) != 1:
            raise _not_whole(after)
        found.append(Changed(kind, code, before, after, versions))
    return tuple(found)


def write_changed(
    session: Session, actor: Actor, now: datetime, changed: Sequence[Changed]
) -> tuple[int, ...]:
    """Write the records' next versions and make them current; return the versions' ids.

    They hold instead of what the source says, so that the same file read again undoes nothing.
    """
    if not changed:
        return ()
    brought = entry_of(now, "appeal", actor.account_id, state="running")
    claim(session, brought)
    written = []
    for each in changed:
        of = select(Record).where(Record.kind == each.kind, Record.code == each.code)
        standing = standing_of(session, session.scalars(of).one())
        after = each.after
        version = write_version(session, brought, standing, after.credits, after.fields)
        written.append(version.id)
    kinds = Counter(each.kind for each in changed)
    brought.counts = {
        kind: {"new": 0, "corrected": count, "unchanged": 0} for kind, count in kinds.items()
    }
    brought.state = "done"
    session.flush()
    return tuple(written)


def _read(name: str) -> tuple[str, str, str]:
    kind, _, rest = name.partition("/")
    code, _, part = rest.rpartition("/")
    if not (kind and code and part):
        raise refuse(
            "appeals.record_name",
            N_("`{name}` names no field of a record."),
            N_("Write kind/code/field, such as deal/C-17/amount, or deal/C-17/@S11 for a share."),
            place=Place(path="corrections"),
            name=name,
        )
    return kind, code, part


def _as_it_is(session: Session, kind: str, code: str) -> tuple[Extracted, tuple[int, ...]]:
    record = session.scalar(select(Record).where(Record.kind == kind, Record.code == code))
    if record is None or record.current_version_id is None:
        raise refuse(
            "appeals.no_record",
            N_("There is no record {record}."),
            N_("Import it first; the list of records has every code."),
            place=Place(path="corrections"),
            record=f"{kind} {code}",
        )
    current = session.get_one(RecordVersion, record.current_version_id)
    credits = session.execute(
        select(Person.code, CreditLine.share, CreditLine.role, CreditLine.since)
        .join(Person, Person.id == CreditLine.person_id)
        .where(CreditLine.record_version_id == current.id)
        .order_by(CreditLine.id)
    )
    lines = tuple(
        Line(person, share, role, None if since == ALWAYS else since)
        for person, share, role, since in credits
    )
    versions = session.scalars(select(RecordVersion.id).where(RecordVersion.record_id == record.id))
    return Extracted(kind, code, current.fields, lines), tuple(versions)


def _changed(session: Session, before: Extracted, parts: Mapping[str, str]) -> Extracted:
    fields = dict(before.fields)
    shares = {line.person: line for line in before.credits}
    for part, becomes in parts.items():
        if part.startswith("@"):
            person = part[1:]
            _require_person(session, person)
            role = shares[person].role if person in shares else OWNER
            since = shares[person].since if person in shares else None
            shares[person] = Line(person, _share(becomes), role, since)
        elif part in fields:
            fields[part] = _like(fields[part], part, becomes)
        else:
            raise _no_field(before, part)
    kept = tuple(line for line in shares.values() if line.share)
    return Extracted(before.kind, before.code, fields, kept)


def _like(before: str, field: str, becomes: str) -> str:
    """Read a field's new value as what it was: a number, a day, or text."""
    try:
        if _is_number(before):
            return plain_number(Decimal(becomes))
        if _is_day(before):
            return date.fromisoformat(becomes).isoformat()
    except (InvalidOperation, ValueError):
        raise refuse(
            "appeals.record_value",
            N_("`{becomes}` cannot stand in {field}, where {before} stands now."),
            N_("Write it the same way: a plain number, or a day as 2026-03-31."),
            place=Place(path="corrections"),
            becomes=becomes,
            field=field,
            before=before,
        ) from None
    return becomes


def _is_number(text: str) -> bool:
    try:
        return Decimal(text).is_finite()
    except InvalidOperation:
        return False


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _share(text: str) -> Decimal:
    try:
        share = Decimal(text.rstrip("%")) / (100 if text.endswith("%") else 1)
    except InvalidOperation:
        share = Decimal(-1)
    if not 0 <= share <= 1:
        raise refuse(
            "appeals.share",
            N_("`{text}` is no share of a record."),
            N_("Write a part of one: 0.5, or 50%."),
            place=Place(path="corrections"),
            text=text,
        )
    return share


def _require_person(session: Session, person: str) -> None:
    if session.scalar(select(func.count()).where(Person.code == person)) == 0:
        raise refuse(
            "appeals.no_person",
            N_("There is nobody with the code {person!r}."),
            N_("Correct the code after the @."),
            place=Place(path="corrections"),
            person=person,
        )


def _no_field(record: Extracted, field: str) -> Exception:
    return refuse(
        "appeals.no_field",
        N_("{record} has no field {field!r}."),
        N_("Its fields are {known}."),
        place=Place(path="corrections"),
        record=f"{record.kind} {record.code}",
        field=field,
        known=", ".join(record.fields),
    )


def _not_whole(record: Extracted) -> Exception:
    return refuse(
        "appeals.shares",
        N_("The shares of {record} would sum to {sum}, not to one."),
        N_("Correct the other shares with it: name each of them."),
        place=Place(path="corrections"),
        record=f"{record.kind} {record.code}",
        sum=plain_number(sum((line.share for line in record.credits), Decimal(0))),
    )
