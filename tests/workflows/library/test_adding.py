"""A KPI of the library taken into a policy: what it needs comes along, and nothing twice."""

from __future__ import annotations

import pytest

from engine.errors import KaohengError, Kind
from engine.policies import load
from engine.reader import read
from engine.sheets.edit import edited
from tests.organisation import NOW
from tests.played import POLICY, Played
from workflows.access.policy import Role
from workflows.library.adding import add_library_kpi, with_kpi
from workflows.library.kpis import library_kpi
from workflows.library.templates import EMPTY, template_of
from workflows.rulebook.drafts import start_draft
from workflows.rulebook.reading import edit_of, find_draft, open_draft
from workflows.rulebook.shipped import policy_file

TEXT = template_of(EMPTY).written
SALES = policy_file("sales-quarterly").read_text(encoding="utf-8")


def test_what_is_there_already_is_used() -> None:
    found, name = with_kpi(SALES, library_kpi("clv"), POLICY)
    before, after = (read(text, POLICY).root.plain() for text in (SALES, found))
    assert name == "clv"
    assert set(after["measures"]) - set(before["measures"]) == {
        "buying_customers",
        "revenue_per_customer",
    }
    assert after["measures"]["won_revenue"] == before["measures"]["won_revenue"]


def test_the_same_definition_under_another_code_is_used() -> None:
    text, _ = with_kpi(TEXT, library_kpi("revenue"), EMPTY)
    text = text.replace("won_revenue", "signed")
    found, _ = with_kpi(text, library_kpi("clv"), EMPTY)
    measures = read(found, EMPTY).root.plain()["measures"]
    assert "won_revenue" not in measures
    assert measures["revenue_per_customer"]["ratio"] == ["signed", "buying_customers"]


def test_a_code_taken_for_something_else_is_renamed_everywhere() -> None:
    text, _ = with_kpi(TEXT, library_kpi("revenue"), EMPTY)
    text = text.replace("sum: amount", "sum: list_price")  # another definition, the same code
    found, _ = with_kpi(text, library_kpi("sales_cost"), EMPTY)
    plain = read(found, EMPTY).root.plain()
    assert plain["measures"]["won_revenue"]["sum"] == "list_price"
    assert plain["measures"]["won_revenue_2"]["sum"] == "amount"
    assert plain["measures"]["cost_ratio"]["ratio"] == ["selling_expenses", "won_revenue_2"]
    weights = {("kpis", "revenue", "weight"): "60%", ("kpis", "sales_cost", "weight"): "40%"}
    assert [kpi.code for kpi in load(edited(found, weights), EMPTY).kpis] == [
        "revenue",
        "sales_cost",
    ]


def test_a_kpi_of_the_same_code_and_another_actual_stays() -> None:
    text, _ = with_kpi(TEXT, library_kpi("satisfaction"), EMPTY)
    text = text.replace("  satisfaction: {name", "  survey: {name").replace(
        "actual: satisfaction", "actual: survey"
    )
    found, name = with_kpi(text, library_kpi("satisfaction"), EMPTY)
    kpis = read(found, EMPTY).root.plain()["kpis"]
    assert (name, list(kpis)) == ("satisfaction_2", ["satisfaction", "satisfaction_2"])
    assert kpis["satisfaction_2"]["actual"] == "satisfaction"


def test_figures_of_a_quarter_are_made_those_of_the_policys_period() -> None:
    monthly = TEXT.replace("period: quarter", "period: month")
    found, _ = with_kpi(monthly, library_kpi("activities"), EMPTY)
    assert read(found, EMPTY).root.plain()["kpis"]["activities"]["target"] == "20"


def test_the_rest_of_the_file_stays_byte_for_byte() -> None:
    found, _ = with_kpi(SALES, library_kpi("retention"), POLICY)
    kept = SALES.splitlines()
    assert [line for line in found.splitlines() if line in set(kept)][: len(kept)]
    lines = iter(found.splitlines())
    assert all(line in lines for line in kept)  # all of them, in their order


@pytest.mark.parametrize("code", ["win_rate", "teamwork"])
def test_the_same_kpi_is_not_added_twice(code: str) -> None:
    found, _ = with_kpi(TEXT, library_kpi(code), EMPTY)
    with pytest.raises(KaohengError, match="already") as caught:
        with_kpi(found, library_kpi(code), EMPTY)
    assert caught.value.kind is Kind.CONFLICT


def test_adding_is_an_edit_of_the_draft(game: Played) -> None:
    game.open()
    hr = game.actors[Role.HR]
    with game.database.write() as session:
        draft = start_draft(session, hr, NOW, code=POLICY)
        add_library_kpi(session, hr, NOW, draft, seen=0, code="teamwork", weight="5%")
    with game.database.read() as session:
        found = find_draft(session, POLICY)
        assert found is not None
        text = edit_of(session, found, 1).text
        assert read(text, POLICY).root.plain()["kpis"]["teamwork"]["weight"] == "5%"
    with game.database.write() as session:
        draft = open_draft(session, POLICY)
        with pytest.raises(KaohengError) as caught:
            add_library_kpi(session, hr, NOW, draft, seen=0, code="clv")
    assert caught.value.faults[0].code == "rulebook.draft_changed"
