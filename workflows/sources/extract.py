"""A source and a folder → everything that its files hold.

All files are opened and looked at first, and what is wrong with any of them refuses
the whole extraction, all of it at once; only then are the rows understood.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from engine.errors import N_, Fault, KaohengError, Place, refuse
from workflows.sources.extraction import (
    CUSTOMER,
    PRODUCT,
    Extraction,
    FileRead,
    Known,
    Quarantined,
    Record,
)
from workflows.sources.limits import Limits
from workflows.sources.model import Catalogue, Source
from workflows.sources.organisation import OrganisationRead, read_organisation
from workflows.sources.records import read_catalogue, read_records
from workflows.sources.tabular import Table, read_table

_NOTHING = Known()


def extract(source: Source, folder: Path, limits: Limits, known: Known = _NOTHING) -> Extraction:
    """Read the source's files in ``folder``; ``known`` is what earlier imports brought.

    Raises KaohengError with the faults of all files, if any file cannot be used.
    """
    return understand(source, read_tables(source, folder, limits), known)


def understand(source: Source, tables: Mapping[str, Table], known: Known) -> Extraction:
    """Make records of the rows of ``tables``, which are the source's files by their ids."""
    organisation = (
        read_organisation(source.organisation, tables[source.organisation.file])
        if source.organisation
        else OrganisationRead()
    )
    quarantined = list(organisation.quarantined)
    customers = _catalogue(source.customers, tables, CUSTOMER, quarantined)
    products = _catalogue(source.products, tables, PRODUCT, quarantined)
    now_known = Known(
        known.people | organisation.people.keys(),
        {**known.customers, **{record.code: record.fields for record in customers}},
        {**known.products, **{record.code: record.fields for record in products}},
    )
    records: list[Record] = []
    for kind in source.records:
        kept, refused = read_records(kind, tables[kind.file], now_known)
        records += kept
        quarantined += refused
    return Extraction(
        units=tuple(organisation.units.values()),
        people=tuple(organisation.people.values()),
        memberships=tuple(organisation.memberships),
        customers=customers,
        products=products,
        records=tuple(records),
        quarantined=tuple(quarantined),
        files=files_of(tables),
    )


def files_of(tables: Mapping[str, Table]) -> tuple[FileRead, ...]:
    """Return what the log keeps of the files."""
    return tuple(
        FileRead(table.file.name, table.sha256, len(table.rows)) for table in tables.values()
    )


def read_tables(source: Source, folder: Path, limits: Limits) -> Mapping[str, Table]:
    """Read the source's files; raise KaohengError with the faults of them all, if any."""
    if not folder.is_dir():
        raise refuse(
            "source.folder_missing",
            N_("There is no folder {folder}."),
            N_("Name the folder that the files of the export are in."),
            place=Place(str(folder)),
            folder=str(folder),
        )
    tables: dict[str, Table] = {}
    faults: list[Fault] = []
    for key, file in source.files.items():
        try:
            tables[key] = read_table(file, folder, source.columns(key), limits)
        except KaohengError as error:
            faults += error.faults
    if faults:
        raise KaohengError(faults)
    return tables


def _catalogue(
    part: Catalogue | None, tables: Mapping[str, Table], kind: str, quarantined: list[Quarantined]
) -> tuple[Record, ...]:
    if part is None:
        return ()
    kept, refused = read_catalogue(part, tables[part.file], kind)
    quarantined += refused
    return kept
