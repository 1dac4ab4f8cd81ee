"""What the engine's tests share: loading a policy from text and evaluating rows of text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from engine.cells import typed
from engine.compile import compile_policy
from engine.errors import KaohengError
from engine.evaluate import Result, evaluate
from engine.policies import load
from engine.version import Version

ROOT = Path(__file__).parents[2]
POLICIES = ROOT / "rules" / "policies"


def version(text: str) -> Version:
    return compile_policy(load(text, "policy.yaml"))


def shipped(name: str) -> Version:
    return version((POLICIES / name / "policy.yaml").read_text(encoding="utf-8"))


def scored(of: Version, rows: Sequence[Mapping[str, str]]) -> Result:
    return evaluate(of, typed(of.facts, rows, "facts.csv"))


def faults_of(text: str) -> list[tuple[str, int | None]]:
    """Load a text that must be refused; give each fault's code and line."""
    try:
        load(text, "policy.yaml")
    except KaohengError as error:
        return [(fault.code, fault.place.line) for fault in error.faults]
    return []


def policy(body: str, money: str = "CNY") -> str:
    """A policy with ``body`` below the lines that every policy has; the body begins in line 7."""
    return (
        "language: 1\npolicy: test\nname: {zh: 测试, en: test}\nperiod: month\n"
        f"currency: {money}\nscope: {{role: salesperson}}\n{body}"
    )
