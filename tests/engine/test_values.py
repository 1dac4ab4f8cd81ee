"""Every value of a policy has a field, and a difference names the field that it is of."""

from __future__ import annotations

import pytest

from engine.canonical import canonical_text
from engine.model import Policy
from engine.policies import load
from engine.sheets.edit import edited
from engine.telling.difference import differences
from engine.telling.parts_of import differences_between, with_section
from engine.telling.values import values_of
from tests.engine.helping import POLICIES
from tests.engine.test_difference import CASES
from tests.engine.test_tables import EVERY

TEXTS = {
    folder.name: (folder / "policy.yaml").read_text(encoding="utf-8")
    for folder in sorted(POLICIES.iterdir())
} | {"every kind of table": EVERY}
TEXT = TEXTS["sales-quarterly"]


def shown(policy: Policy, field: str) -> object:
    return values_of(policy)[field].shown


SAID = {
    "kpis.new_customers_agent.weight": "10%",
    "grades.A.from": "100",
    "targets.revenue_target.company.2017-Q1": "1155000",
    "kpis.won_revenue.target": "revenue_target",
    "kpis.win_rate.target": "60%",
    "rules.quarter_bonus.then.1.amount": "bonus_base * coefficient",
    "transitions.submit_goals.from": "goal_setting",
    "measures.won_revenue.where.stage": "won",
    "total.cap": "130",
    "currency": "USD",
}


@pytest.mark.parametrize("field", SAID)
def test_a_value_by_its_field(field: str) -> None:
    assert shown(load(TEXT, ""), field) == SAID[field]


@pytest.mark.parametrize("name", TEXTS)
def test_a_section_alone_says_the_same(name: str) -> None:
    policy = load(TEXTS[name], "")
    for field, value in values_of(policy).items():
        section = field.partition(".")[0].replace("transitions", "workflow")
        alone = values_of(with_section(canonical_text(policy), section))
        assert alone[field] == value


@pytest.mark.parametrize("name", CASES)
def test_a_difference_names_a_field_and_what_it_said(name: str) -> None:
    changes, _ = CASES[name]
    before, after = load(TEXT, ""), load(edited(TEXT, changes), "")
    old, new = values_of(before), values_of(after)
    for each in differences(before, after):
        for side, said in ((old, each.before), (new, each.after)):
            if said is not None and each.field in side:
                assert side[each.field].shown == said
        inside = [field for field in old | new if field.startswith(each.path[0])]
        assert inside, each.field


@pytest.mark.parametrize("name", CASES)
def test_differences_by_canonical_forms_are_the_same(name: str) -> None:
    changes, _ = CASES[name]
    policies = [load(TEXT, ""), load(edited(TEXT, changes), "")]
    forms = [canonical_text(each) for each in policies]
    assert differences_between(*forms) == differences(*policies) != ()
