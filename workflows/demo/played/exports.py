"""What the company's systems export in the second half, as people come, move and leave.

The files of ``generate`` with what happened since: the list of people follows the organisation,
and the CRM what sales operations entered there.
"""

from __future__ import annotations

import csv
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from workflows.demo.company import Person, people
from workflows.demo.defects import CLOSED, CODE, OWNER, STAGE
from workflows.demo.files import write_csv, write_xlsx
from workflows.demo.generate import generate, people_rows
from workflows.demo.played.organisation import JOINER, LEAVER, MOVER
from workflows.demo.played.play import Play
from workflows.demo.year import import_exports

# Deals that sales operations entered in the CRM only weeks after they were won: whose, when won,
# and on which day they are known.
_LATE = (
    ("S0102", "2025-09-15", "2025-09-30", date(2025, 10, 17)),
    ("S0402", "2025-12-10", "2025-12-31", date(2026, 1, 13)),
)
# What was closed longer ago does not come again: it was in the exports before.
_CLOSED_WITHIN = timedelta(days=120)
SPLIT = "split"  # under which the play remembers the deal that two agreed to share

Rows = list[dict[str, str]]


def bring_in(play: Play, exported: date) -> None:
    """Import what the systems knew at the end of the day ``exported``."""
    with TemporaryDirectory(prefix="kaoheng-demo-") as name:
        folder = Path(name)
        generate(folder, play.seed, exported)
        _people(folder, play.seed, exported)
        _deals(play, folder / "deals.csv", exported)
        import_exports(play.stage, folder, play.day, play.minutes(taken=5))
    play.wake(play.now())


def _people(folder: Path, seed: int, day: date) -> None:
    """Write the list of people as it is on ``day``."""
    staff = people(Random(seed))  # noqa: S311 (an invented company, not a secret)
    managers = {each.manager: each for each in staff}

    def under(person: Person, manager: str) -> Person:
        led = managers[manager]
        return replace(
            person,
            manager=manager,
            manager_name=led.manager_name,
            team=led.team,
            region=led.region,
        )

    there = [
        under(each, MOVER.unit) if each.code == MOVER.code and day >= MOVER.day else each
        for each in staff
        if not (each.code == LEAVER.code and day > LEAVER.day)
    ]
    if day >= JOINER.day:
        newcomer = Person(JOINER.code, JOINER.name, "", "", "", "", 90)
        there.append(under(newcomer, JOINER.unit))
    write_xlsx(folder / "people.xlsx", "花名册", people_rows(there))


def _deals(play: Play, file: Path, day: date) -> None:
    """Write the deals as the CRM has them on ``day``: handed over, entered late, changed."""
    with file.open(encoding="utf-8", newline="") as text:
        reader = csv.DictReader(text)
        rows: Rows = list(reader)
        columns = list(reader.fieldnames or ())
    late = _late(rows, day)
    for row in rows:
        if row[OWNER] == LEAVER.code and (not row[CLOSED] or _day(row) > LEAVER.day.isoformat()):
            row[OWNER] = LEAVER.successor if day > LEAVER.day else row[OWNER]
        if day >= date(2025, 12, 31) and row[CODE] == play.notes.get(SPLIT):
            row[OWNER] = play.notes[f"{SPLIT}.with"]
    since = (day - _CLOSED_WITHIN).isoformat()
    recent = [row for row in rows if not row[CLOSED] or _day(row) >= since]
    kept = [row for row in recent if not row[CODE] or row[CODE] not in late]
    write_csv(file, [columns, *([row[column] for column in columns] for row in kept)], "utf-8")


def _late(rows: Rows, day: date) -> set[str]:
    """Return the deals that are not in the CRM yet: of each of ``_LATE`` the last, if any."""
    found = set()
    for owner, first, last, known in _LATE:
        won = [
            row[CODE]
            for row in rows
            if row[OWNER] == owner and row[STAGE] == "赢单" and first <= _day(row) <= last
        ]
        if day < known:
            found.update(won[-1:])
    return found


def _day(row: dict[str, str]) -> str:
    return row[CLOSED].replace("/", "-")
