"""What a policy says of its stages: read, named, kept in its canonical form, told of."""

from __future__ import annotations

import pytest

from engine.canonical import canonical_text, digest, from_canonical
from engine.compile import compile_policy
from engine.forms.moves import condition_name, with_conditions
from engine.lint import problems
from engine.model import Bilingual, Policy
from engine.policies import load
from engine.stages import name_of, purpose_of
from engine.telling.difference import differences
from engine.telling.values import values_of
from tests.engine.broken.bombs import BASE


def policy(*changes: tuple[str, str]) -> Policy:
    text = BASE
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1)
    return load(text, "policy.yaml")


def test_a_stage_is_called_what_its_policy_says_else_as_usual_else_its_code() -> None:
    found = policy(("[goals, tracking, calibration, closed]", "[goals, tracking, own, closed]"),
                   ("to: calibration, cycle: lock", "to: own, cycle: lock"),
                   ("from: calibration", "from: own"),
                   ("to: calibration, by", "to: own, by"))  # fmt: skip
    assert name_of(found, "goals") == Bilingual("谈目标", "goals")
    assert name_of(found, "tracking").en == "Tracking"
    assert name_of(found, "own") == Bilingual("own", "own")
    assert (purpose_of(found, "tracking"), purpose_of(found, "own")) == ("tracking", None)


def test_the_canonical_form_holds_it_and_leaves_out_what_is_not_said() -> None:
    found = policy()
    assert from_canonical(canonical_text(found)) == found
    assert '"when":"won >= 0"' in canonical_text(found)
    without = canonical_text(policy((", when: won >= 0", "")))
    assert '"when":"won' not in without
    assert '"start":"entered"' not in without, "the default"


@pytest.mark.parametrize(
    ("old", "new", "field", "before", "after"),
    [
        ("working_days: 3,", "working_days: 5,", "deadline.working_days", "3", "5"),
        ("from: entered}", "from: period_end}", "deadline.from", "entered", "period_end"),
        ("remind: [2, 1]", "remind: [1]", "remind", "2, 1", "1"),
        ("{working_days: 2, to: [superior, hr]}", "{working_days: 2, to: [hr]}", "escalate.to",
         "superior, hr", "hr"),
        ("silence: take", "silence: agree", "silence", "take", "agree"),
    ],
)  # fmt: skip
def test_a_change_is_told_by_its_field(
    old: str, new: str, field: str, before: str, after: str
) -> None:
    (found,) = differences(policy(), policy((old, new)))
    assert found.field == f"details.goals.{field}"
    assert (str(found.before), str(found.after)) == (before, after)
    assert found.field in values_of(policy())
    assert digest(policy()) != digest(policy((old, new)))


def test_a_changed_condition_is_told() -> None:
    (found,) = differences(policy(), policy(("when: won >= 0", "when: won >= 1")))
    assert (found.field, str(found.after)) == ("transitions.take.when", "won >= 1")


def test_what_only_a_condition_uses_is_used() -> None:
    extra = "inputs:\n  asked: {name: {zh: 问, en: asked}, unit: count, if_missing: zero}\n"
    assert "inputs:\n" in BASE
    unused = policy(("inputs:\n", extra))
    used = policy(("inputs:\n", extra), ("when: won >= 0", "when: asked >= 1"))
    found = [
        {said.code for path, said in problems(each) if "asked" in path} for each in (unused, used)
    ]
    assert found == [{"lint.unused"}, set()]


def test_conditions_are_beside_the_results_and_in_none_of_them() -> None:
    found = policy()
    names = {each.name for each in compile_policy(found).definitions}
    assert condition_name("take") not in names
    written = with_conditions(found)
    assert written is not None
    assert condition_name("take") in {
        each.name for each in compile_policy(found, written=written).definitions
    }
