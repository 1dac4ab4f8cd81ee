"""An edit changes one value of a rule file and leaves every other byte alone."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from engine.errors import KaohengError
from engine.reader import Path, read, walk
from engine.sheets.edit import edited
from tests.engine.helping import POLICIES

TEXTS = {
    name: (POLICIES / name / "policy.yaml").read_text(encoding="utf-8")
    for name in ("demo-quarterly", "sales-quarterly")
}
SCALARS: list[tuple[str, Path]] = [
    (name, path)
    for name, text in TEXTS.items()
    for path, node in walk(read(text, name).root)
    if node.text is not None
]
VALUES = st.one_of(
    st.decimals(-1000, 1000, places=2).map(str),
    st.sampled_from(["35%", "null", "~", "a: b", "a, b", "x #y", "- z", "'", '"', "{", "*a"]),
    st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), min_size=1, max_size=30),
)


def at(data: Any, path: Path) -> Any:
    for part in path:
        data = data[part]
    return data


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(SCALARS), VALUES)
def test_only_the_touched_value_differs(where: tuple[str, Path], value: str) -> None:
    name, path = where
    text = TEXTS[name]
    old = next(node for found, node in walk(read(text, name).root) if found == path)
    try:
        after = edited(text, {path: value})
    except KaohengError:
        assume("\ufeff" in value)  # what no rule file may hold
        return
    assert after.startswith(text[: old.start])
    assert after.endswith(text[old.end :])
    data = read(after, name).root.plain()
    assert at(data, path) == value


# text, change, what it becomes
EDITS: dict[str, tuple[str, dict[Path, str | None], str]] = {
    "a comment stays": ("a: 1  # why\nb: 2\n", {("a",): "3"}, "a: 3  # why\nb: 2\n"),
    "quotes stay": ("a: '1'\n", {("a",): "it's"}, "a: 'it''s'\n"),
    "quoted when needed": ("a: {b: x}\n", {("a", "b"): "x, y"}, "a: {b: 'x, y'}\n"),
    "null is a text": ("a: 1\n", {("a",): "null"}, "a: 'null'\n"),
    "in a list": ("a: [[1, 2], [3, 4]]\n", {("a", 1, 0): "9"}, "a: [[1, 2], [9, 4]]\n"),
    "added in flow style": ("a: {b: 1}\n", {("a", "c"): "2"}, "a: {b: 1, c: 2}\n"),
    "added to nothing": ("a: {}\n", {("a", "c"): "2"}, "a: {c: 2}\n"),
    "added in block style": (
        "a:\n  b: 1  # one\n\nd: 4\n",
        {("a", "c"): "2"},
        "a:\n  b: 1  # one\n  c: 2\n\nd: 4\n",
    ),
    "added at the very end": ("a:\n  b: {c: 1}", {("a", "d"): "2"}, "a:\n  b: {c: 1}\n  d: 2"),
    "taken out of the middle": ("a: {b: 1, c: 2, d: 3}\n", {("a", "c"): None}, "a: {b: 1, d: 3}\n"),
    "taken out of the end": ("a: {b: 1, c: 2}\n", {("a", "c"): None}, "a: {b: 1}\n"),
    "a line taken out": ("a: 1\nb: 2  # two\nc: 3\n", {("b",): None}, "a: 1\nc: 3\n"),
    "several": ("a: 1\nb: 2\n", {("a",): "10", ("b",): "20"}, "a: 10\nb: 20\n"),
    "the same": ("a: 1_000\n", {("a",): "1_000"}, "a: 1_000\n"),
    "Windows line ends": ("a: 1\r\nb: 2\r\n", {("b",): "3"}, "a: 1\r\nb: 3\r\n"),
    "a byte order mark": ("\ufeffa: 1\n", {("a",): "2"}, "\ufeffa: 2\n"),
    "beyond the first plane": ("a: '😀'\nb: 2\n", {("b",): "3"}, "a: '😀'\nb: 3\n"),
}


@pytest.mark.parametrize("name", EDITS)
def test_edits(name: str) -> None:
    text, changes, wanted = EDITS[name]
    assert edited(text, changes) == wanted


REFUSED: dict[str, tuple[str, Path]] = {
    "a mapping": ("a: {b: 1}\n", ("a",)),
    "a list": ("a: [1]\n", ("a",)),
    "a block of text": ("a: |\n  text\n", ("a",)),
    "an entry of what is not there": ("a: 1\n", ("b", "c")),
    "an item that is not there": ("a: [1]\n", ("a", 1)),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_placed_is_refused_or_left(name: str) -> None:
    text, path = REFUSED[name]
    with pytest.raises(KaohengError):
        edited(text, {path: "9"}, "policy.yaml")
