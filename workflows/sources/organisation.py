"""Rows of salespeople with their manager and region → the tree of units, and who is where."""

from __future__ import annotations

from dataclasses import dataclass, field

from engine.errors import N_, Fault, KaohengError
from workflows.sources.extraction import (
    COMPANY,
    MANAGER,
    MEMBER,
    ORGANISATION,
    REGION,
    TEAM,
    Membership,
    Person,
    Quarantined,
    Unit,
)
from workflows.sources.model import Organisation
from workflows.sources.rows import Codes, required_text, sort_rows
from workflows.sources.tabular import Row, Table


@dataclass(slots=True)
class OrganisationRead:
    """Units with parents first, people with members first, and the rows set aside."""

    units: dict[str, Unit] = field(default_factory=dict)
    people: dict[str, Person] = field(default_factory=dict)
    memberships: list[Membership] = field(default_factory=list)
    quarantined: tuple[Quarantined, ...] = ()


@dataclass(frozen=True, slots=True)
class _Member:
    """One row: somebody, whose team it is, what it is called, and where it belongs."""

    person: Person
    manager: Person
    team: str | None
    region: str


def read_organisation(part: Organisation, table: Table) -> OrganisationRead:
    """Read the rows; a team is its manager's, and stands in one region.

    It is called what the first row of it says that gives a name, else as its manager.
    """
    codes = Codes(table, part.person)
    regions: dict[str, tuple[str, int]] = {}

    def read(row: Row) -> _Member:
        member = _member(part, table, row, codes)
        region, line = regions.setdefault(member.manager.code, (member.region, row.line))
        if region != member.region:
            raise _two_regions(part, table, row, region, line)
        return member

    members, quarantined = sort_rows(ORGANISATION, table, read)
    found = OrganisationRead(quarantined=quarantined)
    found.units[part.company] = Unit(part.company, part.company_name["zh"], COMPANY, None)
    for member in members:
        found.units.setdefault(
            member.region, Unit(member.region, member.region, REGION, part.company)
        )
    names = {each.manager.code: each.team for each in reversed(members) if each.team}
    for member in members:
        _place(found, member, names.get(member.manager.code, member.manager.name))
    for manager in {member.manager.code: member.manager for member in members}.values():
        found.people.setdefault(manager.code, manager)
        found.memberships.append(Membership(manager.code, manager.code, MANAGER))
    return found


def _member(part: Organisation, table: Table, row: Row, codes: Codes) -> _Member:
    code = codes.claim(row)
    manager = required_text(table, row, part.manager)
    return _Member(
        Person(
            code,
            required_text(table, row, part.person_name),
            (part.post and table.value(row, part.post)) or None,
            (part.rank and table.value(row, part.rank)) or None,
        ),
        Person(manager, required_text(table, row, part.manager_name)),
        (part.team and table.value(row, part.team)) or None,
        required_text(table, row, part.region),
    )


def _place(found: OrganisationRead, member: _Member, name: str) -> None:
    """Put the person into the manager's team, whose code is its manager's."""
    team = member.manager.code
    found.units.setdefault(team, Unit(team, name, TEAM, member.region))
    found.people[member.person.code] = member.person
    found.memberships.append(Membership(member.person.code, team, MEMBER))


def _two_regions(
    part: Organisation, table: Table, row: Row, region: str, line: int
) -> KaohengError:
    return KaohengError(
        [
            Fault(
                "row.two_regions",
                N_("The team of “{manager}” belongs to “{region}” by line {line}."),
                N_("A team has one region: correct one of the two rows."),
                {
                    "manager": table.value(row, part.manager),
                    "region": region,
                    "line": line,
                    "value": table.value(row, part.region),
                },
                table.place(row, part.region),
            )
        ]
    )
