"""A policy begun from the library or as a copy: a draft without a fault, whose cases hold."""

from __future__ import annotations

from dataclasses import replace

import pytest
import sqlalchemy as sa

from engine.errors import KaohengError, Kind
from engine.model import Policy
from engine.policies import load
from tests.organisation import NOW
from tests.played import POLICY, Played
from workflows.access.policy import Role
from workflows.library.adding import add_library_kpi
from workflows.library.beginning import Wanted, begin_as_copy, begin_from_template
from workflows.library.lengths import company_figures
from workflows.library.templates import EMPTY, template_of, templates
from workflows.rulebook.cases import differing, expected_otherwise
from workflows.rulebook.drafts import discard_draft
from workflows.rulebook.reading import edit_of, open_draft
from workflows.rulebook.tables import PolicyEdit, PolicyVersion

AMOUNTS = {"grant bonus", "grant commission", "grant pool_share"}
TEXT = template_of(EMPTY).written
NEW = Wanted("south-b2b", zh="华南客户经理", en="Account managers of the south")


def begun(game: Played, wanted: Wanted, template: str) -> PolicyEdit:
    with game.database.write() as session:
        hr = game.actors[Role.HR]
        draft = begin_from_template(session, hr, NOW, wanted, template=template)
        return edit_of(session, draft, draft.seq)


def read_policy(edit: PolicyEdit, code: str = NEW.code) -> Policy:
    return load(edit.text, code)


@pytest.mark.parametrize("template", [each.code for each in templates()])
def test_every_template_for_every_length(game: Played, template: str) -> None:
    for period in ("month", "quarter", "half", "year"):
        code = f"by-{period}"
        edit = begun(game, replace(NEW, code=code, period=period), template)
        policy = read_policy(edit, code)
        assert (policy.policy, policy.period, policy.name.zh) == (code, period, NEW.zh)
        assert differing(policy, edit.cases, "cases") == []
        before = (template_of(template).cases or "").replace(
            f"policy: {template}", f"policy: {code}"
        )
        otherwise = expected_otherwise(before, edit.cases, "cases")
        # Who does as well in a month as in a quarter has the same points, and less money.
        assert {each.name for each in otherwise} <= (set() if period == "quarter" else AMOUNTS)


def test_amounts_counts_and_company_figures_go_with_the_period(game: Played) -> None:
    policy = read_policy(
        begun(game, replace(NEW, period="month", year=2027), "account-manager-b2b")
    )
    amounts = {each.code: each.value for each in policy.constants}
    assert (amounts["bonus_base"], amounts["customer_stay"]) == (3000, 36)
    company = dict(policy.targets[0].company)
    assert (len(company), company["2027-01"], company["2027-12"]) == (12, 4_000_000, 4_000_000)


def test_whom_it_is_for(game: Played) -> None:
    wanted = replace(NEW, role="salesperson", posts=("客户经理",), regions=("south",))
    scope = read_policy(begun(game, wanted, "account-manager-b2c")).scope
    assert (scope.role, scope.posts, scope.regions) == ("salesperson", ("客户经理",), ("south",))


def test_a_copy_is_the_version_under_another_name(game: Played) -> None:
    game.open()
    with game.database.write() as session:
        hr = game.actors[Role.HR]
        version = session.scalars(sa.select(PolicyVersion)).one()
        draft = begin_as_copy(session, hr, NOW, NEW, version=version)
        edit = edit_of(session, draft, 0)
        assert (draft.base_id, edit.author_id) == (None, hr.account_id)
    copied = read_policy(edit)
    original = load(edit.text.replace(NEW.code, POLICY), POLICY)
    assert replace(copied, policy=POLICY) == original
    assert "# Selling below list" in edit.text
    assert differing(copied, edit.cases, "cases") == []


@pytest.mark.parametrize(
    ("wanted", "template", "kind", "code"),
    [
        (replace(NEW, code=POLICY), EMPTY, Kind.CONFLICT, "library.code_taken"),
        (replace(NEW, code="bulk"), EMPTY, Kind.CONFLICT, "library.code_taken"),
        (replace(NEW, code="Süd"), EMPTY, Kind.INVALID, "rules.policy_name"),
        (replace(NEW, currency="XYZ"), EMPTY, Kind.INVALID, "rules.currency"),
        (replace(NEW, role="wizard"), EMPTY, Kind.INVALID, "library.role"),
        (replace(NEW, period="week"), EMPTY, Kind.INVALID, "library.period"),
        (NEW, "nothing", Kind.MISSING, "library.unknown_template"),
    ],
)
def test_what_is_refused(
    game: Played, wanted: Wanted, template: str, kind: Kind, code: str
) -> None:
    game.open()
    with pytest.raises(KaohengError) as caught:
        begun(game, wanted, template)
    assert (caught.value.kind, caught.value.faults[0].code) == (kind, code)
    with game.database.read() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(PolicyEdit)) == 0


def test_a_code_is_free_again_when_its_draft_is_discarded(game: Played) -> None:
    begun(game, NEW, EMPTY)
    with pytest.raises(KaohengError, match="already"):
        begun(game, NEW, EMPTY)
    with game.database.write() as session:
        discard_draft(session, game.actors[Role.HR], NOW, open_draft(session, NEW.code), seen=0)
    begun(game, NEW, EMPTY)


@pytest.mark.parametrize("role", [Role.FINANCE, Role.MANAGER, Role.SALESPERSON])
def test_only_hr_begins_and_adds(game: Played, role: Role) -> None:
    begun(game, NEW, EMPTY)
    with game.database.write() as session:
        who = game.actors[role]
        for begin in (
            lambda: begin_from_template(session, who, NOW, replace(NEW, code="x"), template=EMPTY),
            lambda: begin_as_copy(
                session, who, NOW, replace(NEW, code="x"), version=PolicyVersion(text=TEXT)
            ),
            lambda: add_library_kpi(
                session, who, NOW, open_draft(session, NEW.code), seen=0, code="clv"
            ),
        ):
            with pytest.raises(KaohengError) as caught:
                begin()
            assert caught.value.kind is Kind.DENIED


@pytest.mark.parametrize(
    ("period", "year", "wanted"),
    [
        ("half", None, {"2026-H1": "30", "2026-H2": "70"}),
        ("year", 2027, {"2027": "100"}),
        ("quarter", 2028, {"2028-Q1": "10", "2028-Q2": "20", "2028-Q3": "30", "2028-Q4": "40"}),
    ],
)
def test_company_figures_are_shared_out_or_added_up(
    period: str, year: int | None, wanted: dict[str, str]
) -> None:
    text = "targets:\n  t:\n    company: {2026-Q1: 10, 2026-Q2: 20, 2026-Q3: 30, 2026-Q4: 40}\n"
    found = company_figures(text, period, year, "f")
    assert f"company: {{{', '.join(f'{key}: {value}' for key, value in wanted.items())}}}" in found
