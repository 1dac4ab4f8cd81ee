"""The records credited to people in a cycle, as its policy's measures count them."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from itertools import groupby
from operator import itemgetter
from typing import Any

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from engine import periods
from engine.measures import counted, people_frame
from engine.model import Policy
from workflows.cycles.facts import counted_records, of_one_window
from workflows.cycles.parts import parts_for
from workflows.cycles.population import managed_by
from workflows.cycles.tables import Cycle
from workflows.org.tables import Person
from workflows.reviews.tables import Review
from workflows.sources.extraction import canonical_json
from workflows.sources.tables import CreditLine, Record, RecordVersion
from workflows.sources.values import plain
from workflows.targets.operations import targets_of_people

Key = tuple[str, str, str]  # kind, code, whose credit it is


@dataclass(slots=True)
class Credited:
    """A record on somebody's list: their share and roles in it, and what each measure counts.

    ``worth`` is in each measure's own unit; ``day`` is the one by which it counts first.
    """

    kind: str
    code: str
    person: str
    day: str | None
    share: Decimal
    roles: tuple[str, ...] = ()
    version: int = 0
    digest: str = ""
    fields: Mapping[str, Any] = field(default_factory=dict)
    worth: dict[str, Decimal] = field(default_factory=dict)

    def line(self) -> list[str]:
        """Return what a confirmation covers, in JSON's own types."""
        return [
            self.kind,
            self.code,
            self.digest,
            self.person,
            plain(self.share),
            ", ".join(self.roles),
        ]


def credited(
    session: Session, cycle: Cycle, policy: Policy, reviews: Collection[Review]
) -> dict[int, list[Credited]]:
    """Return the list of each of ``reviews``, by its id, ordered by day and code.

    Measures of other periods are left out: what they count was confirmed when it was new.
    """
    targets = targets_of_people(session, cycle)
    members = [(review.person, review.team) for review in reviews]
    parts = parts_for(session, cycle, policy, members, targets)
    led = any(measure.over == "team" for measure in policy.measures)
    below = {
        day: managed_by(session, day) if led else {} for day in {each.joined for each in parts}
    }
    whose = {part.person for part in parts} | {
        code for part in parts for code in below[part.joined].get(part.person_id, ())
    }
    _, records, _ = counted_records(session, cycle, policy, whose)
    found: dict[str, dict[Key, Credited]] = {review.person.code: {} for review in reviews}
    period = periods.parse(cycle.period)
    for together in of_one_window(parts):
        _, part, is_first = together[0]
        led_by = below[part.joined]
        owners = people_frame(
            {each.person: led_by.get(each.person_id, ()) for _, each, _ in together}
        )
        for measure in policy.measures:
            if measure.is_made_of_others or measure.period != "this":
                continue
            taken = measure if is_first else replace(measure, late="left")
            rows = counted(taken, records, owners, part.period_for(measure, period))
            for owner, own in groupby(rows.iter_rows(named=True), key=itemgetter("owner")):
                _add(found[owner], measure.code, own)
    _describe(session, [line for lines in found.values() for line in lines.values()])
    return {
        review.id: sorted(
            found[review.person.code].values(), key=lambda each: (each.day or "", each.code)
        )
        for review in reviews
    }


def digest_of(lines: Iterable[Credited]) -> str:
    """Return the SHA-256 of a list: which versions of which records, with shares and roles."""
    return hashlib.sha256(canonical_json(sorted(each.line() for each in lines))).hexdigest()


def _add(lines: dict[Key, Credited], measure: str, rows: Iterable[dict[str, Any]]) -> None:
    shares: dict[Key, Decimal] = {}
    for row in rows:
        key = (row["kind"], row["code"], row["person"])
        line = lines.get(key)
        if line is None:
            line = lines[key] = Credited(*key, row["day"], Decimal(0))
        shares[key] = shares.get(key, Decimal(0)) + row["share"]
        line.worth[measure] = line.worth.get(measure, Decimal(0)) + (row["worth"] or Decimal(0))
    for key, share in shares.items():
        lines[key].share = max(lines[key].share, share)


_BATCH = 500


def _describe(session: Session, lines: list[Credited]) -> None:
    """Add to each line what the record's current version says, and the person's roles in it."""
    records = sorted({(line.kind, line.code) for line in lines})
    versions: dict[tuple[str, str], Any] = {}
    roles: dict[Key, list[str]] = {}
    for first in range(0, len(records), _BATCH):
        rows = session.execute(
            select(
                Record.kind,
                Record.code,
                RecordVersion.id,
                RecordVersion.digest,
                RecordVersion.fields,
                Person.code,
                CreditLine.role,
            )
            .join(RecordVersion, RecordVersion.id == Record.current_version_id)
            .join(CreditLine, CreditLine.record_version_id == RecordVersion.id)
            .join(Person, Person.id == CreditLine.person_id)
            .where(tuple_(Record.kind, Record.code).in_(records[first : first + _BATCH]))
            .order_by(CreditLine.id)
        )
        for kind, code, *version, person, role in rows:
            versions[kind, code] = version
            own = roles.setdefault((kind, code, person), [])
            if role not in own:
                own.append(role)
    for line in lines:
        line.version, line.digest, line.fields = versions[line.kind, line.code]
        line.roles = tuple(roles[line.kind, line.code, line.person])
