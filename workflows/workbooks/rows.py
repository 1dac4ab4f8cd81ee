"""Rows that a workbook adds or takes out, written into a policy's text."""

from __future__ import annotations

from engine.errors import N_, KaohengError, refuse
from engine.reader import Path
from workflows.workbooks.returned import Added


def put_in(_text: str, row: Added, _file: str) -> str:
    raise _by_hand(row.path)


def taken_out(_text: str, path: Path, _file: str) -> str:
    raise _by_hand(path)


def _by_hand(path: Path) -> KaohengError:
    return refuse(
        "workbook.row",
        N_("Rows are not added or taken out by a workbook: {path}."),
        N_("Do it on the policy's page."),
        path=".".join(map(str, path)),
    )
