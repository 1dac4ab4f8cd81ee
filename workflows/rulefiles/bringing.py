"""Bringing a tree of rule files in: a draft of each policy that says something else.

Each policy goes in whole or not at all, and one with faults keeps no other out. What is in force
changes only by the usual way: a draft is submitted and published by a second person.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from sqlalchemy.orm import Session

from engine.canonical import digest
from engine.cases import load_cases
from engine.errors import N_, Fault, KaohengError, Place, refuse
from engine.policies import load
from engine.text import MARK, decoded
from workflows.access.actors import Actor
from workflows.access.decide import allow_everywhere
from workflows.rulebook.drafts import draft_file
from workflows.rulebook.operations import version_in_force, version_to_come
from workflows.rulebook.reading import edit_of, find_draft
from workflows.rulebook.tables import PolicyEdit, PolicyVersion
from workflows.rulefiles.reading import RuleFile

Outcome = Literal["new", "changed", "unchanged", "layout", "refused"]
OUTCOMES: dict[str, str] = {
    "new": N_("Draft of a new policy"),
    "changed": N_("Draft of what differs"),
    "unchanged": N_("Nothing differs"),
    "layout": N_("Only layout or comments differ, which make no version"),
    "refused": N_("Refused"),
}


@dataclass(frozen=True, slots=True)
class Brought:
    """What became of one policy's files.

    ``new`` and ``changed`` have a draft now, whose newest edit is ``edit``. ``layout`` says the
    same in another layout or with other comments, which makes no version. ``refused`` has faults.
    """

    policy: str
    outcome: Outcome
    edit: int | None = None
    faults: tuple[Fault, ...] = ()


def bring(
    session: Session, actor: Actor, now: datetime, on: date, files: Iterable[RuleFile]
) -> list[Brought]:
    """Make drafts of what differs from what is in force on the day ``on``, or is to come."""
    allow_everywhere(actor, "draft_policy")
    return [_brought(session, actor, now, on, each) for each in files]


def _brought(session: Session, actor: Actor, now: datetime, on: date, file: RuleFile) -> Brought:
    try:
        with session.begin_nested():
            return _one(session, actor, now, on, file)
    except KaohengError as error:
        return Brought(file.code, "refused", faults=error.faults)


def _one(session: Session, actor: Actor, now: datetime, on: date, file: RuleFile) -> Brought:
    text = decoded(file.text, file.shown)
    cases = None if file.cases is None else decoded(file.cases, file.cases_shown)
    code, named = _names(text, cases, file)
    published = [version_in_force(session, code, on), version_to_come(session, code)]
    known = [each for each in published if each is not None]
    draft = find_draft(session, code)
    if draft is not None:
        newest = edit_of(session, draft, draft.seq)
        if _says(newest, text, cases):
            return Brought(code, "unchanged", draft.seq)
    if any(_says(each, text, cases) for each in known):
        return Brought(code, "unchanged")
    if any(each.digest == named and cases in {None, each.cases} for each in known):
        return Brought(code, "layout")
    if draft is not None:
        _refuse_others(newest, draft.base, file)
    made = draft_file(session, actor, now, text=text, cases=cases, file=file.shown)
    return Brought(code, "changed" if known else "new", made.seq)


def _names(text: str, cases: str | None, file: RuleFile) -> tuple[str, str]:
    """Return the policy's code and its version's digest; refuse every fault of both files."""
    policy = load(text, file.shown)
    if cases is not None:
        load_cases(cases, file.cases_shown)
    if policy.policy != file.code:
        raise refuse(
            "rulefiles.other_folder",
            N_("The policy in the folder {folder} is called {found}."),
            N_("Name the folder as the `policy:` line does, or correct that line."),
            place=Place(file.shown),
            folder=file.code,
            found=policy.policy,
        )
    return policy.policy, digest(policy)


def _says(kept: PolicyEdit | PolicyVersion, text: str, cases: str | None) -> bool:
    return kept.text.removeprefix(MARK) == text and cases in {None, kept.cases}


def _refuse_others(newest: PolicyEdit, base: PolicyVersion | None, file: RuleFile) -> None:
    """A draft that somebody is writing is not written over by a file that never saw it."""
    if base is None or not _says(newest, base.text, base.cases):
        raise refuse(
            "rulefiles.draft_there",
            N_("Somebody is writing a draft of {policy}, which this file has not seen."),
            N_("Publish or discard it first, or lay the file over it with `kaoheng rules draft`."),
            place=Place(file.shown),
            policy=file.code,
        )
