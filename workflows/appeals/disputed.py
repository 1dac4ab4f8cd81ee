"""What is in dispute, frozen as it was: a number of one's own result and how it came about."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from engine.errors import N_, Place, refuse
from engine.plain import plain_number
from engine.telling.explain import Explanation
from workflows.appeals.tables import AppealItem
from workflows.cycles.scored import Scored, scored
from workflows.reviews.tables import Review
from workflows.reviews.trace import titles_of, units_of

_GRANT = "grant."


@dataclass(frozen=True, slots=True)
class Disputed:
    """A number that may be disputed; ``name`` is the engine's, or ``grant.<rule>``."""

    name: str
    title: Mapping[str, str]
    value: str | None
    unit: str
    explanation: dict[str, Any]


def disputable(session: Session, review: Review) -> dict[str, Disputed]:
    """Return every number of a review that may be disputed, by name: grants first."""
    scope = scored(session, review.cycle)
    explanation = scope.explanation(review.person.code)
    return _grants(explanation) | _numbers(scope, review.person.code, explanation)


def items_of(session: Session, review: Review, names: Iterable[str]) -> list[AppealItem]:
    """Freeze the numbers called ``names``; refuse names that the result does not have."""
    known = disputable(session, review)
    asked = list(dict.fromkeys(name for name in names if name))
    unknown = [name for name in asked if name not in known]
    if unknown or not asked:
        raise refuse(
            "appeals.what",
            N_("Say which number of your result you dispute."),
            N_("Choose at least one of them: a KPI, the total, the grade or a grant."),
            place=Place(path="names"),
        )
    return [
        AppealItem(
            name=each.name,
            title=dict(each.title),
            value=each.value,
            unit=each.unit,
            explanation=each.explanation,
        )
        for each in (known[name] for name in asked)
    ]


def _grants(explanation: Explanation) -> dict[str, Disputed]:
    found: dict[str, Disputed] = {}
    for grant in explanation.grants:
        name = f"{_GRANT}{grant.rule}"
        amount = None if grant.amount is None else plain_number(grant.amount)
        if name in found and amount is not None:
            amount = plain_number(Decimal(found[name].value or 0) + Decimal(amount))
        title = {"zh": grant.text.zh, "en": grant.text.en}
        found[name] = Disputed(name, title, amount, "money" if amount else "", {"kind": grant.kind})
    return found


def _numbers(scope: Scored, person: str, explanation: Explanation) -> dict[str, Disputed]:
    titles, units = titles_of(scope), units_of(scope)
    found = {}
    for step in explanation.steps:
        title = titles[step.name]
        told = {"formula": step.formula, "filled": step.filled}
        found[step.name] = Disputed(
            step.name,
            {"zh": title.zh, "en": title.en},
            _text(scope.rows[person].get(step.name)),
            units.get(step.name, ""),
            told,
        )
    for source in explanation.sources:
        title = titles[source.name]
        found[source.name] = Disputed(
            source.name,
            {"zh": title.zh, "en": title.en},
            _text(source.value),
            units.get(source.name, ""),
            {},
        )
    return found


def _text(value: object) -> str | None:
    if value is None:
        return None
    return plain_number(value) if isinstance(value, Decimal) else str(value)
