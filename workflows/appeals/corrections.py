"""What a handler may correct: a fact of the person, their grade, or a record and its credit.

Each is checked as it would be where it is given first. ``corrected`` is the cycle's last facts
with them in it; nothing is written.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

import polars as pl
from sqlalchemy.orm import Session

from engine.cells import typed
from engine.errors import N_, Place, refuse
from engine.facts import FactColumn, target_fact, wanted
from engine.model import Policy
from engine.plain import plain_number
from workflows.appeals.records import Changed, changed_records
from workflows.cycles.facts import credit_rows, measured_on
from workflows.cycles.latest import Computation, inputs_of, with_grades
from workflows.cycles.operations import policy_of
from workflows.cycles.parts import amounts_in_parts, parts_as_scored
from workflows.figures.columns import given_columns
from workflows.reviews.tables import Review

FACT, GRADE, RECORD = "fact", "grade", "record"
KINDS = (FACT, GRADE, RECORD)
CALIBRATED = "calibrated_grade"


@dataclass(frozen=True, slots=True)
class Correction:
    """One fact and what it becomes, as text; see ``AppealCorrection`` for how it is named."""

    kind: str
    name: str
    becomes: str


@dataclass(frozen=True, slots=True)
class Corrected:
    """The facts with everything corrected, the records that it takes, and what each was."""

    facts: pl.DataFrame
    records: tuple[int, ...] | None
    changed: tuple[Changed, ...]
    was: tuple[str | None, ...]


def correctable(policy: Policy) -> dict[str, FactColumn]:
    """Return the columns of facts that may be corrected by themselves, by name.

    What is measured is corrected at the record that it is measured on.
    """
    targets = {target_fact(rule) for rule in policy.targets}
    known = {column.name: column for column in wanted(policy) if column.name in targets}
    return known | given_columns(policy)


def corrected(
    session: Session, review: Review, base: Computation, corrections: Sequence[Correction]
) -> Corrected:
    """Return ``base`` with ``corrections`` in it, for the person of ``review``.

    Raises ``KaohengError`` for a fact that there is not, a value that does not fit, or shares of
    a record that do not sum to one.
    """
    policy = policy_of(review.cycle)
    if not corrections:
        raise refuse(
            "appeals.nothing_corrected",
            N_("A correction says which fact becomes what."),
            N_("Name at least one: a target, a figure, a rating, the grade or a record."),
            place=Place(path="corrections"),
        )
    facts = inputs_of(base, review.cycle)
    changed = changed_records(
        session, [(each.name, each.becomes) for each in corrections if each.kind == RECORD]
    )
    was = tuple(_was(session, review, facts, each) for each in corrections)
    records = base.records
    if changed:
        records, facts = _measured_again(session, review, policy, base, facts, changed)
    for each in corrections:
        if each.kind == FACT:
            facts = _with_fact(policy, facts, review, each)
        elif each.kind == GRADE:
            facts = _with_grade(policy, facts, review, each)
        elif each.kind != RECORD:
            raise _unknown(policy, each)
    return Corrected(facts, records, changed, was)


def _was(
    session: Session, review: Review, facts: pl.DataFrame, correction: Correction
) -> str | None:
    """Return what a fact is before it is corrected, as text."""
    if correction.kind == RECORD:
        found = changed_records(session, [(correction.name, correction.becomes)], check=False)
        return found[0].was(correction.name) if found else None
    name = CALIBRATED if correction.kind == GRADE else correction.name
    if name == CALIBRATED:
        return review.calibrated_grade or review.grade
    if name not in facts.columns:
        return None
    value = facts.filter(pl.col("person") == review.person.code)[name].to_list()
    known = [each for each in value if each is not None]
    if not known:
        return None
    return plain_number(known[-1]) if isinstance(known[-1], Decimal) else str(known[-1])


def _with_fact(
    policy: Policy, facts: pl.DataFrame, review: Review, correction: Correction
) -> pl.DataFrame:
    columns = correctable(policy)
    if correction.name not in columns:
        raise _unknown(policy, correction)
    column = columns[correction.name]
    person = next(each for each in wanted(policy) if each.name == "person")
    row = {"person": review.person.code, correction.name: correction.becomes.strip()}
    value = typed([person, column], [row], "appeal", [1])[correction.name][0]
    own = facts["person"] == review.person.code
    values = _in_parts(policy, facts.filter(own), correction.name, value)
    given = iter(values)
    everybody = [
        next(given) if is_own else each
        for each, is_own in zip(facts[correction.name], own, strict=True)
    ]
    series = pl.Series(correction.name, everybody, dtype=facts.schema[correction.name])
    return facts.with_columns(series)


def _in_parts(
    policy: Policy, rows: pl.DataFrame, name: str, value: Decimal | str | None
) -> Iterable[Decimal | str | None]:
    """Give a fact to each part of the person's period, a target as it was shared out first."""
    rule = next((each for each in policy.targets if target_fact(each) == name), None)
    if rule is None or rows.height == 1 or not isinstance(value, Decimal):
        return [value] * rows.height
    return amounts_in_parts(rule, value, [int(each) for each in rows["days_in_post"]])


def _with_grade(
    policy: Policy, facts: pl.DataFrame, review: Review, correction: Correction
) -> pl.DataFrame:
    known = [grade.code for grade in policy.grades]
    if correction.becomes not in known:
        raise refuse(
            "appeals.unknown_grade",
            N_("{policy} has no grade {grade!r}."),
            N_("Its grades are {known}."),
            place=Place(path="corrections"),
            policy=policy.policy,
            grade=correction.becomes,
            known=", ".join(known),
        )
    return with_grades(facts, {review.person.code: correction.becomes})


def _measured_again(
    session: Session,
    review: Review,
    policy: Policy,
    base: Computation,
    facts: pl.DataFrame,
    changed: Sequence[Changed],
) -> tuple[tuple[int, ...], pl.DataFrame]:
    """Measure everybody anew on the records of ``base``, with the changed ones instead."""
    rows = credit_rows(session, policy, base.records)
    kept = {row.version for row in rows} - {
        version for each in changed for version in each.versions
    }
    instead = {(each.kind, each.code) for each in changed}
    taken = [row for row in rows if (row.kind, row.code) not in instead]
    taken += [row for each in changed for row in each.rows]
    parts = parts_as_scored(session, review.cycle, policy, facts)
    _, measured, _ = measured_on(session, review.cycle, policy, parts, taken)
    return tuple(sorted(kept)), facts.with_columns(measured.drop("person").get_columns())


def _unknown(policy: Policy, correction: Correction) -> Exception:
    return refuse(
        "appeals.not_correctable",
        N_("`{name}` is nothing that an appeal can correct."),
        N_("Correct one of {known}, the grade, or a record by kind/code/field."),
        place=Place(path="corrections"),
        name=correction.name,
        known=", ".join(correctable(policy)) or "–",
    )
