"""How much a file may hold before it is refused unread."""

from __future__ import annotations

from dataclasses import dataclass

MEGABYTE = 1_000_000


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds on one file; a workbook is a zip, so it is also bounded by what it unfolds to.

    Real workbooks fold to a twentieth or so; ``ratio`` is looked at for large parts only,
    where a part of one repeated byte folds to a thousandth.
    """

    file_bytes: int = 100 * MEGABYTE
    unfolded_bytes: int = 300 * MEGABYTE
    ratio: int = 200
    ratio_from_bytes: int = 10 * MEGABYTE
    rows: int = 1_048_576  # as many as Excel's own sheets have
