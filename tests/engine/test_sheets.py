"""The form has every part that the schema knows, and says what the text says."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from benchmarks.alone import large_file
from engine.reader import Path, read, walk
from engine.schema.policy import PolicySchema
from engine.sheets import layout, words
from engine.sheets.begin import FORMS
from engine.sheets.cells import label
from engine.sheets.conditions import Comparison, compared, joined
from engine.sheets.edit import edited
from engine.sheets.editable import sheet
from engine.sheets.fitting import is_name
from engine.sheets.parts import Field, Grid, Group
from engine.sheets.shapes import Keyed, Leaf, Listed, Record, Shape, Variants, record
from engine.telling import terms
from tests.engine.helping import POLICIES, ROOT

FILES = [
    *sorted(POLICIES.glob("*/policy.yaml")),
    *sorted(ROOT.glob("rules/demo/*/policy.yaml")),
    *sorted(ROOT.glob("tests/engine/published/*.yaml")),
]


def shapes(shape: Shape, key: str = "") -> Iterator[tuple[str, Shape]]:
    """Give every shape of the language, with the key under which it stands."""
    yield key, shape
    match shape:
        case Record():
            for part in shape.parts:
                yield from shapes(part.shape, part.key)
        case Listed() | Keyed():
            yield from shapes(shape.item, key)
        case Variants():
            for name, form in shape.forms.items():
                yield from shapes(form, name)


def test_every_part_of_the_language_has_its_words() -> None:
    policy = record(PolicySchema)
    for key, shape in shapes(policy):
        match shape:
            case Record():
                for part in shape.parts if shape is not policy else ():
                    assert label(shape, part).message, (shape.makes, part.key)
                    # In a table each language has a column of its own.
                    if is_name(part.shape):
                        assert {f"{part.name}.zh", f"{part.name}.en"} <= set(terms.PARTS), part.key
            case Variants():
                assert set(shape.forms) <= set(words.FORMS) & set(FORMS), key
            case Leaf():
                assert len(words.choices(key, shape.options)) == len(shape.options), key


def test_every_section_of_the_language_is_on_the_form() -> None:
    form = sheet(read("language: 1\n", ""))
    sections = {part.key for part in record(PolicySchema).parts} - layout.APART
    heading = {"name", "period", "currency"}
    assert {part.code for part in form.sections} == sections - heading | {"policy"}
    assert set(layout.TITLES) == {part.code for part in form.sections}


@pytest.mark.parametrize("file", FILES, ids=lambda file: f"{file.parent.name}-{file.stem}")
def test_everything_in_a_policy_is_on_its_form_once(file: object) -> None:
    text = file.read_text(encoding="utf-8")  # type: ignore[attr-defined]
    tree = read(text, "")
    fields = {each.path: each.value for each in sheet(tree).fields}
    names = [each.name for each in sheet(tree).fields]
    assert len(names) == len(set(names))
    for path, node in walk(tree.root):
        if node.text is not None and path[0] not in layout.APART:
            assert _shown(fields, path, node.text) or _is_word(path), path


def _shown(fields: dict[Path, str], path: Path, value: str) -> bool:
    """Say whether a value has a field of its own, or is one of the words of a list's."""
    if path in fields:
        return fields[path] == value
    return value in fields.get(path[:-1], "").split(", ")


def _is_word(path: Path) -> bool:
    """Say whether this is the method of scoring, which is picked and not typed."""
    return path[0] == "kpis" and path[-1] == "score"


def test_what_can_be_added_is_offered_where_it_may_stand() -> None:
    """Whatever a part of the schema may have is a field of its group, or offered there."""
    text = (POLICIES / "sales-quarterly" / "policy.yaml").read_text(encoding="utf-8")
    form = sheet(read(text, ""))
    elements = {each.name: each for each in form.walk() if isinstance(each, (Group, Grid))}
    of_kpi = record(PolicySchema).part("kpis").shape.item  # type: ignore[union-attr]
    lead, group = elements["kpis"], elements["kpis.win_rate"]
    assert isinstance(lead, Grid)
    assert isinstance(group, Group)
    found = {each.path[2] for each in lead.fields if each.path[1] == "win_rate"}
    found |= {each.path[2] for each in group.elements}
    assert found | {each.value for each in group.parts} == {part.key for part in of_kpi.parts}


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("revenue.attainment >= 100%", ("revenue.attainment", ">=", "100%")),
        ("grade in [S, A]", ("grade", "in", "[S, A]")),
        ("grade  not  in [S]", ("grade", "not in", "[S]")),
        ("(a < b) == c", None),
        ("a + (b - 1) < max(c, 2)", ("a + (b - 1)", "<", "max(c, 2)")),
        ("city == 'a > b'", ("city", "==", "'a > b'")),
        ("a >= 1 and b < 2", ("a >= 1 and b < 2", "", "")),
        ("reduced_rate", ("reduced_rate", "", "")),
        ("a >", ("a >", "", "")),
    ],
)
def test_a_comparison_in_three(text: str, parts: tuple[str, str, str] | None) -> None:
    if parts is not None:
        assert compared(text) == parts
    assert "".join(joined(compared(text)).split()) == "".join(text.split())


def test_a_list_may_come_without_brackets() -> None:
    assert joined(Comparison("grade", "in", "S， A")) == "grade in [S, A]"


def test_a_large_policy_is_edited_at_many_places_at_once() -> None:
    text = large_file()
    changes = {("kpis", f"k{place}", "weight"): "2.6%" for place in range(20)}
    form = sheet(read(edited(text, changes), ""))
    assert sum(isinstance(each, Field) and each.value == "2.6%" for each in form.walk()) == 20
