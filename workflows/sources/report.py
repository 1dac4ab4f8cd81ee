"""How the rows of an import fared, part by part."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from engine.errors import Fault
from workflows.sources.extraction import Extraction
from workflows.sources.model import Source


@dataclass(frozen=True, slots=True)
class Part:
    """How the rows of one part of a source fared: the organisation, or one kind of record."""

    name: str
    file: str
    read: int
    new: int
    corrected: int
    unchanged: int
    quarantined: int


def parts_of(
    source: Source, extraction: Extraction, counts: Mapping[str, Mapping[str, int]], changed: bool
) -> tuple[Part, ...]:
    """Return every part of the source; where nothing ``changed`` what was read is unchanged."""
    rows = {file.name: file.rows for file in extraction.files}
    parts = []
    for name, file in source.parts():
        aside = sum(row.part == name for row in extraction.quarantined)
        read = rows[source.files[file].name]
        fared = {"new": 0, "corrected": 0, "unchanged": 0 if changed else read - aside}
        fared |= counts.get(name, {})
        parts.append(Part(name, source.files[file].name, read, quarantined=aside, **fared))
    return tuple(parts)


def kept(fault: Fault) -> dict[str, Any]:
    """Return a fault as it is kept with an import that was abandoned, in JSON's own types."""
    return {
        "message": fault.message,
        "remedy": fault.remedy,
        "params": {name: _plain(value) for name, value in fault.params.items()},
        "place": str(fault.place),
    }


def _plain(value: object) -> int | str:
    return value if isinstance(value, int) else str(value)
