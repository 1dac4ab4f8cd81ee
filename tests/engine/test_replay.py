"""The same inputs under the same version give the same bytes, wherever and however they are run."""

from __future__ import annotations

import hashlib
import os
import random
import subprocess
import sys
from multiprocessing import get_context

import pytest

from engine import canonical
from engine.evaluate import evaluate
from engine.grants import grant_lines
from tests.engine.helping import ROOT, scored, shipped
from tests.engine.test_shipped import person

NAME = "sales-quarterly"


def people(count: int, teams: int = 7) -> list[dict[str, str]]:
    chance = random.Random(11)
    return [
        person(
            f"P{n:04}",
            f"T{n % teams}",
            won_revenue=f"{chance.randrange(20_000, 140_000)}.{chance.randrange(100):02}",
            won_deals=str(chance.randrange(0, 60)),
            new_customers_agent=str(chance.randrange(0, 8)),
        )
        for n in range(count)
    ]


def result_digest(rows: list[dict[str, str]]) -> str:
    result = scored(shipped(NAME), rows)
    text = canonical.lines(result.frame) + grant_lines(result.grants)
    return f"{result.version.digest} {hashlib.sha256(text).hexdigest()}"


def whole() -> str:
    return result_digest(people(300))


def test_in_any_order_of_rows() -> None:
    rows = people(300)
    expected = whole()
    for seed in range(3):
        random.Random(seed).shuffle(rows)
        assert result_digest(rows) == expected


@pytest.mark.parametrize(("threads", "seed"), [("1", "0"), ("2", "1"), ("8", "random")])
def test_on_any_number_of_threads(threads: str, seed: str) -> None:
    """Also with another order of hashing, in a new process."""
    code = "from tests.engine.test_replay import whole; print(whole())"
    environment = {**os.environ, "POLARS_MAX_THREADS": threads, "PYTHONHASHSEED": seed}
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == whole()


def test_in_a_child() -> None:
    with get_context("spawn").Pool(1) as pool:
        assert pool.apply(whole) == whole()


def test_populations_together_or_apart() -> None:
    """Where nothing looks across teams but a team's own pool, teams may be scored apart."""
    rows = people(60, teams=4)
    version = shipped(NAME)
    apart = b""
    for team in ("T0", "T1", "T2", "T3"):
        part = scored(version, [row for row in rows if row["team"] == team])
        apart += canonical.lines(part.frame)
    together = canonical.lines(scored(version, rows).frame)
    assert sorted(together.splitlines()) == sorted(apart.splitlines())


def test_the_stored_inputs_give_the_result_again() -> None:
    version = shipped(NAME)
    first = scored(version, people(50))
    inputs = canonical.lines(first.frame.select([fact.name for fact in version.facts]))
    again = evaluate(version, canonical.frame(inputs, version))
    assert canonical.lines(again.frame) == canonical.lines(first.frame)
