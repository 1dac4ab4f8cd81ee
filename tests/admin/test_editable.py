"""The form of a policy has each value once, where the text has it, and every one can be edited."""

from __future__ import annotations

from typing import Any

import pytest

from engine.reader import read
from engine.sheets.edit import edited
from engine.sheets.editable import sheet
from engine.sheets.parts import Field, Grid
from engine.sheets.typed import change
from tests.engine.helping import POLICIES
from tests.engine.test_tables import EVERY

NAMES = sorted(folder.name for folder in POLICIES.iterdir() if folder.is_dir())


def text_of(name: str) -> str:
    return (POLICIES / name / "policy.yaml").read_text(encoding="utf-8")


def at(data: Any, path: tuple[str | int, ...]) -> Any:
    for part in path:
        data = data.get(part) if isinstance(data, dict) else data[part]
    return data


def said(field: Field, plain: Any) -> bool:
    """Say whether a field shows what the text has at its path."""
    found = at(plain, field.path) or ""
    if field.kind == "words":
        found = found if isinstance(found, str) else ", ".join(found)
    return bool(found == field.value)


def test_every_kind_of_table_is_on_the_form_and_can_be_written() -> None:
    form = sheet(read(EVERY, ""))
    names = {field.name for field in form.fields}
    assert len(names) == len(form.fields)
    plain = read(EVERY, "").root.plain()
    for code, step in plain["steps"].items():
        assert any(name.startswith(f"steps.{code}.table.") for name in names), step
    assert {
        "kpis.s0.score.anchors.target",
        "kpis.s0.stretch",
        "kpis.s0.gate",
        "kpis.s1.score.each",
        "kpis.s1.score.over",
        "kpis.s2.score.at",
    } <= names
    assert all(said(field, plain) for field in form.fields)
    for field in form.fields[::17]:
        new = change(field, "9")
        assert at(read(edited(EVERY, {field.path: new}), "").root.plain(), field.path) == new


@pytest.mark.parametrize("name", NAMES)
def test_every_field_is_a_value_of_the_text(name: str) -> None:
    tree = read(text_of(name), name)
    fields = sheet(tree).fields
    assert len({field.name for field in fields}) == len(fields) > 10
    plain = tree.root.plain()
    assert all(said(field, plain) for field in fields)


def test_every_field_can_be_written() -> None:
    text = text_of("demo-quarterly")
    for field in sheet(read(text, "")).fields[::5]:
        after = sheet(read(edited(text, {field.path: change(field, "9")}), ""))
        changed = [each for each in after.fields if each.path == field.path]
        assert [each.value for each in changed] == ["9"], field.name


@pytest.mark.parametrize("name", NAMES)
def test_what_decides_pay_is_on_the_form(name: str) -> None:
    tree = read(text_of(name), name)
    on_form = {field.name for field in sheet(tree).fields}
    plain = tree.root.plain()
    assert {f"kpis.{code}.weight" for code in plain["kpis"]} <= on_form
    assert {f"grades.{place}.from" for place in range(len(plain["grades"]))} <= on_form
    assert {f"constants.{code}.value" for code in plain.get("constants", {})} <= on_form
    tables = [kpi["score"] for kpi in plain["kpis"].values() if isinstance(kpi.get("score"), dict)]
    drawn = [each for each in sheet(tree).walk() if isinstance(each, Grid) and each.kind]
    steps = [step for step in plain.get("steps", {}).values() if "table" in step]
    assert len(drawn) == len(tables) + len(steps)
