"""One value changed in many policies at once, each in its own draft.

A value is known by its path, which policies have in common where they are written alike. A
policy's open draft is gone on with; where there is none one begins; a submitted one stays as it is.
In each policy it is done wholly or not at all, and what became of each is said.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy.orm import Session

from engine.errors import N_, Fault, KaohengError, Kind, refuse
from engine.model import Bilingual
from engine.policies import load
from engine.reader import Path, read
from engine.sheets.edit import edited
from engine.sheets.editable import sheet
from engine.sheets.trails import trails
from engine.telling.difference import Difference, differences
from engine.telling.terms import Term
from workflows.access.actors import Actor
from workflows.access.decide import allow_everywhere
from workflows.rulebook.cases import differing, taken_over
from workflows.rulebook.drafts import save_draft, start_draft
from workflows.rulebook.standings import Standing, standings

# What becomes of a policy: it is (to be) changed, says so already, or is left as it is, and why.
CHANGED, SAME, FAULTY, SUBMITTED, MOVED = "changed", "same", "faulty", "submitted", "moved"
Label = Bilingual | Term


@dataclass(frozen=True, slots=True)
class Spot:
    """A value that policies have: its path, in words, and what each of them says by its code.

    ``called`` is the name of the entry in those policies that call it otherwise than ``labels``.
    """

    path: Path
    labels: tuple[Label, ...]
    values: dict[str, str] = field(default_factory=dict)
    called: dict[str, Label] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return ".".join(str(part) for part in self.path)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a new value does to a policy; ``faults`` are those that it did not have before.

    ``differing`` counts the results of its cases that come out otherwise than expected.
    """

    standing: Standing
    before: str
    after: str
    state: str
    text: str
    faults: tuple[Fault, ...] = ()
    changes: tuple[Difference, ...] = ()
    differing: int = 0


def spots(session: Session, actor: Actor) -> list[Spot]:
    """Return every value on the forms of all policies, in the form's order."""
    allow_everywhere(actor, "draft_policy")
    found: dict[Path, Spot] = {}
    for each in standings(session):
        try:
            tree = read(each.text, each.code)
        except KaohengError:
            continue  # a draft that does not read has no values yet
        form = sheet(tree)
        words = trails(form)
        for cell in form.fields:
            labels = words[cell.name]
            spot = found.setdefault(cell.path, Spot(cell.path, labels))
            spot.values[each.code] = cell.value
            other = [
                mine for mine, first in zip(labels, spot.labels, strict=False) if mine != first
            ]
            if other:
                spot.called[each.code] = other[0]
    return list(found.values())


def preview(session: Session, actor: Actor, name: str, values: Mapping[str, str]) -> list[Outcome]:
    """Return what writing ``values`` (by policy) at ``name`` would do; nothing is kept.

    Refuses with ``MISSING`` a name that none of these policies has.
    """
    allow_everywhere(actor, "draft_policy")
    spot = next((each for each in spots(session, actor) if each.name == name), None)
    chosen = [] if spot is None else [each for each in standings(session) if each.code in values]
    known = spot.values if spot else {}
    if spot is None or not known.keys() & values.keys() or values.keys() - known.keys():
        raise refuse(
            "bulk.no_such_value",
            N_("Not all of these policies have a value `{name}`: {policies}."),
            N_("Choose among the policies that the page or `kaoheng rules set` lists."),
            kind=Kind.MISSING,
            name=name[:80],
            policies=", ".join(sorted(values.keys() - known.keys())) or "–",
        )
    return [_outcome(each, spot, values[each.code].strip()) for each in chosen]


def set_in_many(
    session: Session,
    actor: Actor,
    now: datetime,
    name: str,
    values: Mapping[str, str],
    *,
    seen: Mapping[str, str] | None = None,
    faulty: bool = False,
    take_over: bool = False,
) -> list[Outcome]:
    """Write ``values`` at ``name`` into a draft of each policy, and say what became of each.

    ``seen`` says by policy which state the value was chosen for: one that somebody has changed
    since is left (``moved``). A draft that would have faults is made only where ``faulty`` says
    so. ``take_over`` takes the results over into the cases.
    """
    done = []
    for outcome in preview(session, actor, name, values):
        standing = outcome.standing
        if seen is not None and seen.get(standing.code, "") != standing.seen:
            done.append(replace(outcome, state=MOVED))
        elif outcome.state == CHANGED or (outcome.state == FAULTY and faulty):
            done.append(_made(session, actor, now, outcome, take_over=take_over))
        else:
            done.append(outcome)
    return done


def _outcome(standing: Standing, spot: Spot, after: str) -> Outcome:
    before = spot.values[standing.code]
    if standing.draft is not None and standing.draft.state == "submitted":
        return Outcome(standing, before, after, SUBMITTED, standing.text)
    if after == before:
        return Outcome(standing, before, after, SAME, standing.text)
    had, _ = _faults(standing.text, standing)
    try:
        text = edited(standing.text, {spot.path: after or None}, standing.code)
    except KaohengError as error:
        return Outcome(standing, before, after, FAULTY, standing.text, error.faults)
    faults, differ = _faults(text, standing)
    known = {(each.code, each.place.path) for each in had}
    fresh = tuple(each for each in faults if (each.code, each.place.path) not in known)
    changes = () if had or faults else _changes(standing, text)
    state = FAULTY if fresh else CHANGED
    return Outcome(standing, before, after, state, text, fresh, changes, differ)


def _faults(text: str, standing: Standing) -> tuple[tuple[Fault, ...], int]:
    """Return the faults of a text, and how many results of the cases differ."""
    try:
        policy = load(text, standing.code)
        return (), len(differing(policy, standing.cases, standing.code))
    except KaohengError as error:
        return error.faults, 0


def _changes(standing: Standing, text: str) -> tuple[Difference, ...]:
    return differences(load(standing.text, standing.code), load(text, standing.code))


def _made(
    session: Session, actor: Actor, now: datetime, outcome: Outcome, *, take_over: bool
) -> Outcome:
    """Keep the outcome as an edit of the policy's draft; somebody who was first keeps theirs."""
    standing, cases = outcome.standing, outcome.standing.cases
    if take_over and cases and outcome.differing:
        policy = load(outcome.text, standing.code)
        cases = taken_over(cases, differing(policy, cases, standing.code), standing.code)
    try:
        with session.begin_nested():
            draft = standing.draft or start_draft(session, actor, now, code=standing.code)
            save_draft(session, actor, now, draft, seen=draft.seq, text=outcome.text, cases=cases)
    except KaohengError as error:
        if error.kind is not Kind.CONFLICT:
            raise
        return replace(outcome, state=MOVED, faults=error.faults)
    return replace(outcome, state=CHANGED)
