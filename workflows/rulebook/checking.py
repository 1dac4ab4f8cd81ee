"""What is to be said of a draft's text: its faults, what it changes, and whether its cases hold."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from engine import lint
from engine.cases import Difference as CaseDifference
from engine.errors import N_, Fault, KaohengError, Place
from engine.lint.sweep import no_pause
from engine.model import Policy
from engine.policies import load
from engine.reader import Path, read
from engine.sheets.edit import Change, edited
from engine.sheets.parts import Sheet
from engine.sheets.typed import change, differs, typed_value
from engine.telling.difference import Difference, differences
from workflows.rulebook.cases import CaseLine, differing, expected_otherwise, in_words
from workflows.rulebook.forms import model_of
from workflows.rulebook.tables import PolicyVersion


@dataclass(frozen=True, slots=True)
class Findings:
    """``changes`` against the base version and ``cases`` are there only without faults.

    ``cases`` say what ``differing`` says, in words: something else was expected than what comes
    out. ``expectations`` were changed in the draft itself. ``policy`` is what the text says.
    """

    faults: tuple[Fault, ...] = ()
    changes: tuple[Difference, ...] = ()
    differing: tuple[CaseDifference, ...] = ()
    cases: tuple[CaseLine, ...] = ()
    expectations: tuple[CaseLine, ...] = ()
    policy: Policy | None = None


def findings(text: str, cases: str | None, base: PolicyVersion | None, file: str) -> Findings:
    """Check a text as a publication would, and compare it with the version that it began from."""
    try:
        policy = load(text, file)
        failing = differing(policy, cases, f"{file}/cases")
    except KaohengError as error:
        return Findings(error.faults)
    expected = expected_otherwise(base.cases, cases, f"{file}/cases") if base else []
    before = model_of(base.canonical) if base else None
    return Findings(
        changes=differences(before, policy) if before else (),
        differing=tuple(failing),
        cases=tuple(in_words(policy, cases or "", failing)) if failing else (),
        expectations=tuple(in_words(policy, cases, expected)) if cases else (),
        policy=policy,
    )


def doubts(text: str, file: str, pause: Callable[[], None] = no_pause) -> tuple[Fault, ...] | None:
    """Return what is doubtful in a text by its position; None while it has faults.

    ``pause`` is called now and then, and may raise.
    """
    try:
        policy = load(text, file)
    except KaohengError:
        return None
    return tuple(lint.findings(policy, read(text, file), pause))


def typed_changes(sheet: Sheet, typed: Mapping[str, str]) -> dict[Path, Change]:
    """Return what somebody typed into the form of a text and is not what the text says.

    Names that the form does not have are not read.
    """
    given = ((field, typed_value(field, typed)) for field in sheet.fields)
    return {
        field.path: change(field, value)
        for field, value in given
        if value is not None and differs(field, value)
    }


def applied(text: str, changes: Mapping[Path, Change], file: str) -> tuple[str, tuple[Fault, ...]]:
    """Write ``changes`` into a text; those that cannot be written are left out, a fault each."""
    try:
        return edited(text, changes, file), ()
    except KaohengError:
        return _one_by_one(text, changes, file)


def _one_by_one(
    text: str, changes: Mapping[Path, Change], file: str
) -> tuple[str, tuple[Fault, ...]]:
    faults: list[Fault] = []
    for path, value in changes.items():
        try:
            text = edited(text, {path: value}, file)
        except KaohengError as error:
            faults += [_empty(path)] if value is None else error.faults
    return text, tuple(faults)


def _empty(path: Path) -> Fault:
    return Fault(
        "rulebook.empty",
        N_("A value is needed here."),
        N_("Type one, or take out the row with its button."),
        place=Place(path=".".join(str(part) for part in path)),
    )
