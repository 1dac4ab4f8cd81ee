"""Giving figures: checked cell by cell, kept beside those that they replace."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from hashlib import sha256

from sqlalchemy.orm import Session

from engine.cells import typed
from engine.errors import N_, Fault, KaohengError, Kind, Place, refuse
from engine.facts import FactColumn, wanted
from engine.model import Policy
from engine.plain import dumps, plain_number
from engine.rated import collected
from workflows.access.actors import Actor
from workflows.access.decide import allow_everywhere, refuse_oneself
from workflows.cycles.operations import advance, policy_of
from workflows.cycles.tables import Cycle
from workflows.figures.columns import fixed_with_goals, given_columns
from workflows.figures.reading import given_values
from workflows.figures.tables import Figure
from workflows.log.append import append
from workflows.log.leaf import Subject
from workflows.reviews.of_cycle import reviews_of
from workflows.reviews.steps import cycle_step
from workflows.reviews.tables import Review
from workflows.stages.naming import cycle_called, stage_of

Row = Mapping[str, str | None]


def give_figures(
    session: Session,
    actor: Actor,
    now: datetime,
    cycle: Cycle,
    rows: Sequence[Row],
    *,
    file: str = "figures",
    lines: Sequence[int] | None = None,
) -> dict[str, int]:
    """Take figures for people of an open cycle: a column ``person``, and one for each figure.

    An empty cell says nothing; another value replaces the one before. ``lines`` are the lines
    of ``file`` that the rows stand in. Returns how many were ``given`` and ``unchanged``.
    Raises ``KaohengError``: ``DENIED``, also for another value of one's own, ``INVALID`` with
    every cell that does not fit, ``CONFLICT`` after the lock, or where goals hold a figure still.
    """
    allow_everywhere(actor, "give_figures")
    new, unchanged = take_figures(
        session, now, cycle, rows, file=file, lines=lines, given_by=actor.account_id
    )
    for review, _ in new:
        refuse_oneself(actor, "give_figures", review.person_id)
    if new:
        _log(session, actor, now, cycle, [(r.public_id, each.name, each.value) for r, each in new])
    return {"given": len(new), "unchanged": unchanged}


def take_figures(
    session: Session,
    now: datetime,
    cycle: Cycle,
    rows: Sequence[Row],
    *,
    file: str,
    lines: Sequence[int] | None = None,
    given_by: int | None,
) -> tuple[list[tuple[Review, Figure]], int]:
    """Take figures as ``give_figures`` does, for an operation that has asked who may.

    Returns those that are new, each with its review, and how many were so before.
    """
    # A lock at the same moment must not score without what is taken here.
    require_open(cycle)
    advance(session, cycle, "open", "open")
    policy = policy_of(cycle)
    cells = checked_cells(session, cycle, rows, file, lines)
    known = {key: _text(value) for key, value in given_values(session, cycle, policy).items()}
    new = [cell for cell in cells if known.get((cell[1].person_id, cell[2])) != cell[3]]
    _check_goals(policy, new, file)
    figures = [
        (
            review,
            Figure(
                cycle_id=cycle.id,
                person_id=review.person_id,
                name=name,
                value=value,
                given_by=given_by,
                given_at=now,
            ),
        )
        for _, review, name, value in new
    ]
    session.add_all(figure for _, figure in figures)
    session.flush()
    return figures, len(cells) - len(new)


def checked_cells(
    session: Session,
    cycle: Cycle,
    rows: Sequence[Row],
    file: str,
    lines: Sequence[int] | None = None,
) -> list[tuple[int, Review, str, str]]:
    """Return each figure of ``rows``: its line, its review, its name and its canonical text.

    Raises ``KaohengError`` with every cell that does not fit.
    """
    policy = policy_of(cycle)
    numbers = list(lines or range(2, len(rows) + 2))
    table = typed(_columns(policy, rows), rows, file, numbers).to_dicts()
    reviews = {review.person.code: review for review in reviews_of(session, cycle)}
    _check_people(cycle, table, reviews, file, numbers)
    return [
        (line, reviews[row["person"]], name, _text(value))
        for line, row in zip(numbers, table, strict=True)
        for name, value in row.items()
        if name != "person" and value is not None
    ]


def require_open(cycle: Cycle) -> None:
    """Refuse with ``CONFLICT`` after the lock."""
    if cycle.state != "open":
        raise _locked(cycle)


def _columns(policy: Policy, rows: Sequence[Row]) -> list[FactColumn]:
    """Return the columns of a file of figures: the person, and as many as the file has."""
    person = next(column for column in wanted(policy) if column.name == "person")
    named = {name for row in rows for name in row}
    # An empty cell says nothing: neither a default nor a refusal is in place here.
    figures = (
        replace(column, required=False, default=None)
        for column in given_columns(policy).values()
        if column.name not in collected(policy)  # people rate on their forms, not in a file
    )
    return [person, *(column for column in figures if column.name in named)]


def _text(value: str | Decimal) -> str:
    return plain_number(value) if isinstance(value, Decimal) else value


def _check_people(
    cycle: Cycle,
    table: Sequence[Mapping[str, object]],
    reviews: Mapping[str, Review],
    file: str,
    lines: Sequence[int],
) -> None:
    strangers = [
        Fault(
            "figures.nobody",
            N_("{person} has no review in {cycle}."),
            N_("Correct the code: see the cycle's page, or `kaoheng review list {code}`."),
            {"person": row["person"], "cycle": cycle_called(cycle), "code": cycle.code},
            Place(file, line, path="person"),
        )
        for line, row in zip(lines, table, strict=True)
        if row["person"] not in reviews
    ]
    if strangers:
        raise KaohengError(strangers)


def _check_goals(policy: Policy, new: Sequence[tuple[int, Review, str, str]], file: str) -> None:
    """Refuse another value of what was fixed when the person's goals were approved."""
    fixed, stages = fixed_with_goals(policy), _before_goals_are_approved(policy)
    late = [
        Fault(
            "figures.fixed",
            N_("`{column}` of {person} was fixed when the goals were approved."),
            N_("Send the goals back first: the review is in {stage}."),
            {"column": name, "person": review.person.code, "stage": stage_of(review)},
            Place(file, line, path=name),
        )
        for line, review, name, _ in new
        if name in fixed and review.stage not in stages
    ]
    if late:
        raise KaohengError(late, Kind.CONFLICT)


def _before_goals_are_approved(policy: Policy) -> frozenset[str]:
    """Return the stages before the one that the lock starts from.

    With the lock in the very first stage goals are never approved, and nothing is late before it.
    """
    assert policy.workflow is not None, "a cycle is opened only under a policy with a workflow"
    stages = policy.workflow.stages
    first = stages.index(cycle_step(policy, "lock").start)
    return frozenset(stages[:first] or stages)


def _log(
    session: Session,
    actor: Actor,
    now: datetime,
    cycle: Cycle,
    given: list[tuple[str, str, str]],
) -> None:
    append(
        session,
        action="give_figures",
        actor=actor,
        subject=Subject("cycle", cycle.code),
        at=now,
        details={
            "figures": sorted({name for _, name, _ in given}),
            "given": len(given),
            "sha256": sha256("".join(_lines(given)).encode()).hexdigest(),
        },
    )


def _lines(given: list[tuple[str, str, str]]) -> Iterator[str]:
    """Give the figures as canonical lines, by review: what the log holds a digest of."""
    for review, name, value in sorted(given):
        yield dumps({"review": review, "figure": name, "value": value}) + "\n"


def _locked(cycle: Cycle) -> KaohengError:
    return refuse(
        "figures.data_locked",
        N_("The data of {cycle} is locked; figures are given before that."),
        N_("Take it into a later cycle, or have the results calibrated."),
        kind=Kind.CONFLICT,
        cycle=cycle_called(cycle),
    )
