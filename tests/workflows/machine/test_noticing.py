"""The machine notices: with one fault in the model, its runs from a stage of the year differ.

Whether a fault is in the model or in the service is the same to the comparison.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.engine import make_url

from engine.errors import KaohengError
from tests.workflows.machine.ground import Ground
from tests.workflows.machine.model import (
    appeals,
    closing,
    goals,
    passing,
    people,
    ratings,
    records,
    results,
    sealing,
    stages,
    state,
    talks,
)
from tests.workflows.machine.playing import LONG, play_from, prepared
from workflows.base.database import Database
from workflows.base.keys import Keyring

# The first that differs ends them. Other years are drawn each long time, so more may be needed.
RUNS = 400 if LONG else 40


@pytest.fixture(scope="module")
def ground(sqlite_template: Any, tmp_path_factory: pytest.TempPathFactory) -> Ground:
    folder = tmp_path_factory.mktemp("noticing")
    path = folder / "kaoheng.db"
    path.write_bytes(sqlite_template.read_bytes())
    keyring = Keyring(folder / "keys")
    return prepared(Database(make_url(f"sqlite:///{path}"), keyring), keyring, folder)


def without(name: str, **with_: Any) -> Callable[[Any], Any]:
    """Return a deed that takes an argument to be right, whatever it is."""

    def faulty(deed: Any) -> Any:
        return lambda *args, **given: deed(*args, **{**given, name: with_[name]})

    return faulty


def does_nothing(answer: Any = None) -> Callable[[Any], Any]:
    return lambda _: lambda *_args, **_given: answer


def step(code: str, **changes: Any) -> Callable[[Any], Any]:
    """Return the workflow with one transition changed."""
    return lambda steps: {**steps, code: replace(steps[code], **changes)}


def right(name: str, **roles: set[str]) -> Callable[[Any], Any]:
    """Return the rights with one of them wider."""
    return lambda rights: {**rights, name: {**rights[name], **roles}}


def constant(value: Any) -> Callable[[Any], Any]:
    return lambda _: value


def any_state(*_: Any) -> tuple[tuple[bool, str], ...]:
    return ()


# (what is wrong, where runs begin, the module, its name there, what becomes of it)
FAULTS: dict[str, tuple[str, Any, str, Callable[[Any], Any]]] = {
    "an approval pays nobody": ("result_approval", closing, "pay", does_nothing()),
    "an approval leaves people in their stage": (
        "result_approval", stages, "go", lambda go: lambda year, person, stage, at: (
            None if stage == "feedback" else go(year, person, stage, at)
        ),
    ),
    "a late approval pays nobody": (
        "late", closing, "approve_late", lambda deed: lambda year, who: (
            deed(year, who) or year.ledger.update(dict.fromkeys(year.ledger, 0)) or set()
        ),
    ),
    "a seal does not wait for the days to appeal": (
        "closed", sealing, "APPEAL_DAYS", constant(timedelta(days=4)),
    ),
    "nobody is held back": ("calibration", closing, "hold", does_nothing(set())),
    "a release seals nobody": (
        "closed", closing, "release", lambda deed: lambda year, who, person, **given: (
            deed(replace(year, state="locked"), who, person, **given)
        ),
    ),
    "what is returned stays": ("calibration", stages, "STEPS", step("reassess", to="calibration")),
    "a move back needs no reason": ("calibration", stages, "STEPS", step("reassess", reason=False)),
    "a move on an old page is made": ("goal_setting", stages, "move", without("seen", seen=None)),
    "a grade on an old page is given": (
        "calibration", closing, "calibrate", without("seen", seen=None),
    ),
    "a goal is agreed by who leads the person": (
        "goal_approval", goals, "LEADERS", constant(dict.fromkeys(people.PEOPLE, "D1")),
    ),
    "a countered goal waits for nobody": (
        "goal_approval", goals, "answer", without("counter", counter=None),
    ),
    "records are confirmed while disputed": ("tracking", records, "PENDING", constant(())),
    "the best and the worst need no words": (
        "assessing", ratings, "give", without("words", words=True),
    ),
    "ratings are finished without the leader's": (
        "assessing", ratings, "LEADERS", constant(dict.fromkeys(people.PEOPLE, "M9")),
    ),
    "the leader's rating weighs less": (
        "assessing", results, "WEIGHTS", constant({"self": 50, "boss": 30, "peers": 20}),
    ),
    "a bare criticism is let pass": ("feedback", talks, "prepare", without("helps", helps=True)),
    "an appeal needs no number": ("feedback", appeals, "submit", without("number", number=True)),
    "whoever judged handles an appeal": (
        "feedback", appeals, "_independent", does_nothing(answer=True),
    ),
    "a granted appeal moves nobody": ("feedback", appeals, "pay", does_nothing()),
    "an appeal is never late": ("feedback", passing, "_DEEDS", lambda deeds: {
        **deeds, "answer": lambda *_: False,
    }),
    "a stand-in acts after their time": (
        "goal_setting", state.Year, "acts", does_nothing(answer=True),
    ),
    "silence moves nobody on": ("goal_setting", passing, "SILENCE", constant({})),
    "colleagues see one another": (
        "tracking", people, "RIGHTS", right("read", salesperson={people.ALL}),
    ),
}  # fmt: skip


# What a review year stands on; the others are looked for with the long tests.
QUICK = {
    "an approval pays nobody",
    "a late approval pays nobody",
    "a seal does not wait for the days to appeal",
    "nobody is held back",
    "what is returned stays",
    "a move on an old page is made",
}


@pytest.mark.parametrize(
    "fault",
    [pytest.param(each, marks=[] if each in QUICK else pytest.mark.long) for each in FAULTS],
)
def test_a_fault_is_noticed(ground: Ground, monkeypatch: pytest.MonkeyPatch, fault: str) -> None:
    start, place, name, becomes = FAULTS[fault]
    monkeypatch.setattr(place, name, becomes(getattr(place, name)))
    with pytest.raises((AssertionError, KaohengError)):
        play_from(ground, start, RUNS, only_tell=True)
