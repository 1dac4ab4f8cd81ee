"""What is measured without a contestant: one review explained, a large file read, memory.

Prints one line of JSON: milliseconds and megabytes by name.
"""

from __future__ import annotations

import json
import resource
import statistics
import sys
import time
from collections.abc import Callable
from itertools import count

from benchmarks.contestants.kaoheng import CLOSING, facts, version
from benchmarks.people import people
from engine.compile import compile_policy
from engine.evaluate import evaluate
from engine.policies import load
from engine.telling.explain import explain

NAMED = "name: {zh: 名, en: name}"


def milliseconds(work: Callable[[], object], rounds: int) -> tuple[float, float]:
    """Return the medians of wall and processor time, after a first time that does not count."""
    work()
    wall, processor = [], []
    for _ in range(rounds):
        began, worked = time.perf_counter(), time.process_time()
        work()
        wall.append(time.perf_counter() - began)
        processor.append(time.process_time() - worked)
    return tuple(round(statistics.median(each) * 1000, 2) for each in (wall, processor))  # type: ignore[return-value]


def one() -> dict[str, float]:
    """One review from facts to its whole explanation."""
    policy, row = version(), facts(people(10).head(1))

    def work() -> None:
        explain(policy, evaluate(policy, row), "P00000000")

    wall, processor = milliseconds(work, 200)
    return {"one_review_explained_ms": wall, "one_review_explained_cpu_ms": processor}


def large_file(aim: int = 10_000) -> str:
    """40 KPIs, 40 measures, 300 rules; another ``aim`` makes another policy."""
    names = range(40)
    measures = "".join(
        f"  m{name}: {{{NAMED}, unit: money, records: deal, when: on, sum: f{name}}}\n"
        for name in names
    )
    scoring = "{of: attainment, interpolate: [[50%, 0], [80%, 70], [100%, 100], [120%, 120]]}"
    kpis = "".join(
        f"  k{name}: {{{NAMED}, actual: m{name}, target: {aim + name}, weight: 2.5%, "
        f"score: {scoring}}}\n"
        for name in names
    )
    rules = "".join(
        f"  r{rule}: {{{NAMED}, when: {{all: [k{rule % 40}.points >= {60 + rule % 50}, "
        f"'grade in [S, A]']}}, then: [{{grant: bonus, amount: {rule + 1} * coefficient}}]}}\n"
        for rule in range(300)
    )
    return (
        f"language: 1\npolicy: large\n{NAMED}\nperiod: month\ncurrency: CNY\n"
        f"scope: {{role: salesperson}}\nmeasures:\n{measures}kpis:\n{kpis}"
        "rounding: {attainment: 4, points: 2, total: 2, money: 2}\ngrades:\n"
        "  - {grade: S, from: 110, coefficient: 1.5}\n  - {grade: A, from: 90, coefficient: 1}\n"
        f"  - {{grade: B, from: 0, coefficient: 0}}\nrules:\n{rules}"
    )


def compiled() -> dict[str, float]:
    """Read, check and compile the large file, another one each time."""
    texts = (large_file(aim) for aim in count(10_000))
    wall, processor = milliseconds(lambda: compile_policy(load(next(texts), "policy.yaml")), 7)
    return {"large_file_compiled_ms": wall, "large_file_compiled_cpu_ms": processor}


def memory() -> dict[str, float]:
    """The most memory of a process that closes a million reviews, its facts included."""
    policy, given = version(), facts(people(1_000_000))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    evaluate(policy, given, only=CLOSING)
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return {"million_peak_mb": round(most / 1024), "million_facts_peak_mb": round(before / 1024)}


if __name__ == "__main__":
    print(json.dumps({"one": one, "compile": compiled, "memory": memory}[sys.argv[1]]()))
