"""How quick the engine is: one policy side by side with rules engines, Python and floats by hand.

Every contestant lives in a child process of its own and runs when it is told to, in turns, so that
whatever else the machine does falls on all of them. Their outcomes are compared with the exact
reference first. Prints a table and writes the section ``engine`` of benchmarks/latest.json;
``--write`` puts the table into docs/performance.md. Run it on a quiet machine: `make bench`.
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import platform
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass, field
from importlib.metadata import distributions, version
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
RESULT = ROOT / "benchmarks" / "latest.json"
OTHERS = Path(sys.prefix) / "bench"  # scripts/setup --bench
PAGE = ROOT / "docs" / "performance.md"
MARKS = ("<!-- figures: written by make bench -->", "<!-- end of figures -->")
CHECKED = 10_000
CONTESTANTS = {
    "kaoheng": ("kaoheng", "KAOHENG"),
    "float_limit": ("float_limit", "FLOAT_LIMIT"),
    "by_hand": ("by_hand", "BY_HAND"),
    "cel": ("expressions", "CEL"),
    "zen": ("expressions", "ZEN"),
    "zen_batch": ("expressions", "ZEN_BATCH"),
    "rule_engine": ("expressions", "RULE_ENGINE"),
    "business_rules": ("objects", "BUSINESS_RULES"),
    "durable_rules": ("objects", "DURABLE_RULES"),
}
ENGINES = ("cel", "zen", "zen_batch", "rule_engine", "business_rules", "durable_rules")
TITLES = {
    "kaoheng": "Kaoheng, exact, everything",
    "float_limit": "Polars on floats by hand, everything (the limit)",
    "by_hand": "plain Python by hand, whole numbers, everything",
    "cel": "CEL, compiled programs, everything on floats",
    "zen": "zen-engine, one by one, everything",
    "zen_batch": "zen-engine, evaluate_batch, everything",
    "rule_engine": "rule-engine, the six rules on given scores",
    "business_rules": "business-rules, the six rules on given scores",
    "durable_rules": "durable_rules alone, the six rules on given scores",
}
COMPARED = ("zen-engine", "common-expression-language", "rule-engine", "business-rules")


@dataclass
class Lane:
    """One contestant at one size: its child and its times in seconds."""

    name: str
    rows: int
    child: subprocess.Popen[str]
    differences: int = 0
    wall: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)

    @property
    def seconds(self) -> float:
        return statistics.median(self.wall)

    @property
    def processor_seconds(self) -> float:
        return statistics.median(self.cpu)

    def ask(self, what: str) -> dict[str, Any]:
        assert self.child.stdin is not None
        assert self.child.stdout is not None
        self.child.stdin.write(what + "\n")
        self.child.stdin.flush()
        answer = self.child.stdout.readline()
        if not answer:
            raise RuntimeError(f"{self.name} ended")
        found: dict[str, Any] = json.loads(answer)
        return found


def start(name: str, rows: int) -> Lane:
    command = [sys.executable, "-m", "benchmarks.engine", "--child", name, "--rows", str(rows)]
    pipe = subprocess.PIPE
    path = os.pathsep.join([str(ROOT), *([str(OTHERS)] if name in ENGINES else [])])
    child = subprocess.Popen(
        command,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": path},
        stdin=pipe,
        stdout=pipe,
        text=True,
    )
    lane = Lane(name, rows, child)
    lane.differences = lane.ask("check")["differences"]
    return lane


def serve(name: str, rows: int) -> None:
    """Be a child: answer what the parent asks for, a line of JSON each."""
    module, constant = CONTESTANTS[name]
    contestant = getattr(importlib.import_module(f"benchmarks.contestants.{module}"), constant)
    people = importlib.import_module("benchmarks.people").people
    given = None
    for line in sys.stdin:
        if line.strip() == "check":
            answer = {"differences": _differences(contestant, people(min(rows, CHECKED)))}
            given = contestant.prepare(people(rows))
        else:
            began, worked = time.perf_counter(), time.process_time()
            contestant.run(given)
            answer = {"wall": time.perf_counter() - began, "cpu": time.process_time() - worked}
        print(json.dumps(answer), flush=True)


def _differences(contestant: Any, people: Any) -> int:
    expected = importlib.import_module("benchmarks.contestants.contestant").expected(people)
    want = [each[2] for each in expected] if contestant.rules_only else expected
    found = contestant.told(contestant.run(contestant.prepare(people)))
    return sum(one != other for one, other in zip(found, want, strict=True))


def race(lanes: list[Lane], rounds: int) -> None:
    """Let all run in turns; the first round warms up."""
    for number in range(rounds + 1):
        for lane in lanes:
            found = lane.ask("run")
            if number:
                lane.wall.append(found["wall"])
                lane.cpu.append(found["cpu"])


def raced(sizes: dict[str, list[int]], rounds: int) -> list[Lane]:
    lanes = [start(name, rows) for name, every in sizes.items() for rows in every]
    try:
        race(lanes, rounds)
    finally:
        for lane in lanes:
            lane.child.stdin.close()  # type: ignore[union-attr]
            lane.child.wait(timeout=60)
    return lanes


def figures(lanes: list[Lane]) -> dict[str, Any]:
    """Name every figure and every ratio; rows a second of wall and of processor time."""
    kept: dict[str, Any] = {}
    for lane in lanes:
        kept[f"{lane.name}_{lane.rows}"] = {
            "rows": lane.rows,
            "milliseconds": round(lane.seconds * 1000, 2),
            "cpu_milliseconds": round(lane.processor_seconds * 1000, 2),
            "rows_per_second": round(lane.rows / lane.seconds),
            "rows_per_cpu_second": round(lane.rows / lane.processor_seconds),
            "differences": lane.differences,
        }
    return kept


def ratios(lanes: list[Lane]) -> dict[str, float]:
    """Compare by processor time too: on a busy machine wall time is other programs' as well."""
    by = {(lane.name, lane.rows): lane for lane in lanes}
    found: dict[str, float] = {}
    for clock in ("seconds", "processor_seconds"):
        rate = {key: lane.rows / getattr(lane, clock) for key, lane in by.items()}
        mark = "" if clock == "seconds" else "_cpu"
        fastest = max(value for (name, _), value in rate.items() if name in ENGINES)
        zen = max(value for (name, _), value in rate.items() if name == "zen")
        for rows in (100_000, 1_000_000):
            own = rate["kaoheng", rows]
            found[f"over_fastest_engine_{rows}{mark}"] = round(own / fastest, 1)
            found[f"over_zen_{rows}{mark}"] = round(own / zen, 1)
            found[f"over_by_hand_{rows}{mark}"] = round(
                own / max(value for (name, _), value in rate.items() if name == "by_hand"), 1
            )
            found[f"of_float_limit_{rows}{mark}"] = round(own / rate["float_limit", rows], 3)
        found[f"linear_10000_to_1000000{mark}"] = round(
            rate["kaoheng", 10_000] / rate["kaoheng", 1_000_000], 2
        )
    return found


def single_figures() -> dict[str, float]:
    """Measure what has no contestants, each in a process of its own."""
    found: dict[str, float] = {}
    for what in ("one", "compile", "memory"):
        command = [sys.executable, "-m", "benchmarks.alone", what]
        told = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True)
        found |= json.loads(told.stdout)
    return found


def _versions() -> dict[str, str]:
    own = {name: version(name) for name in ("polars", "durable-rules")}
    others = {each.name: each.version for each in distributions(path=[str(OTHERS)])}
    return {
        "python": platform.python_version(),
        **own,
        **{name: others[name] for name in COMPARED},
    }


def _machine() -> str:
    model = next(
        (
            line.split(":")[1].strip()
            for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
            if line.startswith("model name")
        ),
        platform.processor(),
    )
    return f"{os.cpu_count()} cores, {model}, {platform.system()}"


def table(kept: dict[str, Any]) -> str:
    lines = [
        "| Contestant | Rows | ms | CPU ms | Rows a second | … of CPU time | Differences |",
        "|---|---:|---:|---:|---:|---:|---:|",
    ]
    for key, each in kept["figures"].items():
        title = TITLES[key.rpartition("_")[0]]
        lines.append(
            f"| {title} | {each['rows']:,} | {each['milliseconds']:,.1f} "
            f"| {each['cpu_milliseconds']:,.1f} | {each['rows_per_second']:,} "
            f"| {each['rows_per_cpu_second']:,} | {each['differences']} |"
        )
    lines += ["", "| Ratio | Wall time | CPU time |", "|---|---:|---:|"]
    for name, value in kept["ratios"].items():
        if not name.endswith("_cpu"):
            lines.append(
                f"| {name.replace('_', ' ')} | {value} | {kept['ratios'][name + '_cpu']} |"
            )
    lines += ["", "| Alone | |", "|---|---:|"]
    lines += [f"| {name.replace('_', ' ')} | {value:,} |" for name, value in kept["alone"].items()]
    said = ", ".join(f"{name} {number}" for name, number in kept["versions"].items())
    return "\n".join([*lines, "", f"Machine: {kept['machine']}. Versions: {said}."])


def keep(kept: dict[str, Any]) -> None:
    """Write the section beside what the other benchmarks wrote."""
    before = json.loads(RESULT.read_text(encoding="utf-8")) if RESULT.exists() else {}
    text = json.dumps({**before, "engine": kept}, indent=1, ensure_ascii=False)
    RESULT.write_text(text + "\n", encoding="utf-8")


def write_page(text: str) -> None:
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(MARKS[0])
    after = rest.partition(MARKS[1])[2]
    PAGE.write_text(f"{before}{MARKS[0]}\n{text}\n{MARKS[1]}{after}", encoding="utf-8")


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--child", choices=CONTESTANTS)
    asked.add_argument("--rows", type=int, default=0)
    asked.add_argument("--rounds", type=int, default=5)
    asked.add_argument("--write", action="store_true", help="write docs/performance.md")
    given = asked.parse_args()
    if given.child:
        serve(given.child, given.rows)
        return
    tall = [10_000, 100_000, 1_000_000]
    sizes = {"kaoheng": tall, "float_limit": tall, "by_hand": [100_000], "cel": [10_000]}
    sizes |= {"zen": [5_000], "zen_batch": [10_000], "rule_engine": [2_000]}
    sizes |= {"business_rules": [2_000], "durable_rules": [2_000]}
    lanes = raced(sizes, given.rounds)
    kept = {"machine": _machine(), "versions": _versions(), "figures": figures(lanes)}
    kept |= {"ratios": ratios(lanes), "alone": single_figures()}
    keep(kept)
    print(table(kept))
    if given.write:
        write_page(table(kept))


if __name__ == "__main__":
    main()
