"""Kaoheng: decimals in, every column that closing needs out, exact."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import polars as pl

from benchmarks.contestants.contestant import Contestant
from benchmarks.outcomes import RULES, Outcome
from benchmarks.people import COUNTS, MONEY
from engine.compile import compile_policy
from engine.evaluate import evaluate
from engine.facts import DECIMAL
from engine.policies import load
from engine.version import Version

POLICY = Path(__file__).parents[1] / "policy.yaml"
AMOUNTS = [f"rule.{rule}.amount1" for rule in RULES[:5]]
# What closing a cycle keeps of each person.
CLOSING = [
    *("total", "grade", "final_grade", "coefficient"),
    *(f"rule.{rule}" for rule in RULES),
    *AMOUNTS,
]


def version() -> Version:
    return compile_policy(load(POLICY.read_text(encoding="utf-8"), "policy.yaml"))


def facts(people: pl.DataFrame) -> pl.DataFrame:
    """Return people as imported facts are: numbers as Decimal(38, 10)."""
    cents = pl.lit(10**8, dtype=pl.Int128)
    return people.with_columns(
        *((pl.col(name).cast(pl.Int128) * cents).reinterpret(dtype=DECIMAL) for name in MONEY),
        *(pl.col(name).cast(DECIMAL) for name in COUNTS),
        calibrated_grade=pl.lit(None, dtype=pl.String),
    )


def _told(frame: pl.DataFrame) -> list[Outcome]:
    found: list[Outcome] = []
    for row in frame.rows(named=True):
        holds = [row[f"rule.{rule}"] for rule in RULES]
        paid = sum(
            (row[name] for name, held in zip(AMOUNTS, holds, strict=False) if held), Decimal(0)
        )
        bits = sum(1 << place for place, held in enumerate(holds) if held)
        found.append((int(row["total"] * 100), row["final_grade"], bits, int(paid * 100)))
    return found


_VERSION = version()
KAOHENG = Contestant(
    rows=1_000_000,
    prepare=facts,
    run=lambda given: evaluate(_VERSION, given, only=CLOSING).frame,
    told=_told,
)
