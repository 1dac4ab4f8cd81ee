"""What ratings come to: means by kind of rater, and what may be shown of who said it.

Nothing of an anonymous kind depends on who of its raters said what: below the policy's minimum
there is only that they are too few; from it on the mean, and the words in an order of their own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from hashlib import sha256
from typing import Any

from engine.model import Policy, Rating
from engine.plain import dumps, plain_number
from engine.rated import Rated, mean, rated_of
from workflows.ratings.forms import WORDS, points_of

Answers = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Given:
    """A form that was given: whose (a name to be shown), and its fields by KPI."""

    who: str
    answers: Answers


def results_of(policy: Policy, given: Mapping[str, Sequence[Given]]) -> list[dict[str, Any]]:
    """Return, for each kind of rater, what it came to: plain data, all that is ever shown."""
    return [_of_kind(policy, rating, given.get(rating.code, ())) for rating in policy.ratings]


def means_of(policy: Policy, results: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """Return the facts that the results become: by column the mean, or nothing (too few, none)."""
    by_code = {result["rating"]: result["means"] for result in results}
    return {
        each.column: by_code[each.rating.code].get(each.kpi.code, "") for each in rated_of(policy)
    }


def _of_kind(policy: Policy, rating: Rating, given: Sequence[Given]) -> dict[str, Any]:
    enough = len(given) >= rating.at_least
    result: dict[str, Any] = {"rating": rating.code, "enough": enough, "means": {}}
    if rating.anonymous and not enough:
        return result
    rated = rated_of(policy, rating)
    result["given"] = len(given)
    if enough:
        result["means"] = {
            each.kpi.code: plain_number(mean([_points(form, each) for form in given]))
            for each in rated
        }
    if rating.anonymous:
        result["words"] = {each.kpi.code: _shuffled(each, given) for each in rated}
    else:
        result["forms"] = [
            {"who": form.who, "answers": {kpi: dict(said) for kpi, said in form.answers.items()}}
            for form in given
        ]
    return result


def _points(form: Given, rated: Rated) -> Decimal:
    points = points_of(form.answers[rated.kpi.code]["points"], rated)
    assert points is not None, "a form is given with points only"
    return points


def _shuffled(rated: Rated, given: Sequence[Given]) -> list[dict[str, str]]:
    """Return the words about a KPI in the order of their digests, which says nothing of whose."""
    said = (
        {name: text for name in WORDS if (text := form.answers[rated.kpi.code].get(name, ""))}
        for form in given
    )
    return sorted(
        (words for words in said if words),
        key=lambda words: sha256(f"{rated.column}{dumps(words)}".encode()).hexdigest(),
    )
