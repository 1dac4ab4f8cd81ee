"""Edits of structure: the data that was meant, and every other byte as it was."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.errors import KaohengError
from engine.reader import Node, Path, read, walk
from engine.sheets.structure import added, copied, moved, removed, replaced, wrapped
from tests.engine.helping import POLICIES, ROOT

FILES = [
    *sorted(POLICIES.glob("*/policy.yaml")),
    *sorted(ROOT.glob("tests/engine/published/*.yaml")),
]
TEXTS = [file.read_text(encoding="utf-8") for file in FILES]
# What other people's hands may have made of a file.
TEXTS += [
    "a:\n- x: 1  # one\n  y: 2\n\n# two\n- x: 2\n  y: [1,  2 , 3]\n\nb: {c: 1,\n  d: 2}  # end\n",
    "k:\n  # first\n  one: {a: 1}\n  # second\n  two:\n    a: 1\n    b: |\n      t\n  c: 3\nl: 1",
    "k:\r\n  one: 1\r\n  two: 2 # b\r\nl:\r\n  - a\r\n  - b\r\n",
]

# what, text, edit, what it becomes
EDITS: dict[str, tuple[str, Any, str]] = {
    "an entry in flow style": (
        "a: {b: 1}\n",
        lambda t: added(t, ("a", "c"), {"d": "2"}),
        "a: {b: 1, c: {d: 2}}\n",
    ),
    "an entry in block style": (
        "a:\n  b: 1  # one\n\nd: 4\n",
        lambda t: added(t, ("a", "c"), {"e": ["x, y", "2"]}),
        "a:\n  b: 1  # one\n  c: {e: ['x, y', 2]}\n\nd: 4\n",
    ),
    "a section that is not there": (
        "a: 1\n",
        lambda t: added(t, ("rules", "r"), {"when": "a > 1"}),
        "a: 1\nrules:\n  r: {when: a > 1}\n",
    ),
    "into a section with nothing in it": (
        "a: 1\nr:\n",
        lambda t: added(t, ("r", "x"), "2"),
        "a: 1\nr: {x: 2}\n",
    ),
    "an item at the end": (
        "a:\n  - 1\n  - 2\nb: 1\n",
        lambda t: added(t, ("a", 2), "3"),
        "a:\n  - 1\n  - 2\n  - 3\nb: 1\n",
    ),
    "an item in front": (
        "a:\n- 1\n",
        lambda t: added(t, ("a", 0), {"x": "0"}),
        "a:\n- {x: 0}\n- 1\n",
    ),
    "a flow item in the middle": (
        "a: [1, 2]\n",
        lambda t: added(t, ("a", 1), "9"),
        "a: [1, 9, 2]\n",
    ),
    "an entry out": (
        "a:\n  b: 1\n  # c\n  c:\n    d: 2  # x\n  e: 3\n",
        lambda t: removed(t, ("a", "c")),
        "a:\n  b: 1\n  # c\n  e: 3\n",
    ),
    "the only entry out": (
        "a:\n  b: 1\nc: 2\n",
        lambda t: removed(t, ("a", "b")),
        "a:\n  {}\nc: 2\n",
    ),
    "the only item out": ("a:\n- 1\nc: 2\n", lambda t: removed(t, ("a", 0)), "a:\n  []\nc: 2\n"),
    "the first of an item out": (
        "a:\n  - b: 1\n    c: 2\n",
        lambda t: removed(t, ("a", 0, "b")),
        "a:\n  - c: 2\n",
    ),
    "a flow item out": ("a: [1, 2, 3]\n", lambda t: removed(t, ("a", 2)), "a: [1, 2]\n"),
    "down, with its comment": (
        "a:\n  # one\n  b: 1  # b\n  # two\n  c: 2\n",
        lambda t: moved(t, ("a", "b"), 1),
        "a:\n  # two\n  c: 2\n  # one\n  b: 1  # b\n",
    ),
    "up, in flow style": (
        "a: [{b: 1}, {c: 2}]\n",
        lambda t: moved(t, ("a", 1), -1),
        "a: [{c: 2}, {b: 1}]\n",
    ),
    "no further": ("a: [1, 2]\n", lambda t: moved(t, ("a", 1), 1), "a: [1, 2]\n"),
    "a copy": (
        "a:\n  b:\n    c: 1  # x\n  d: 1\n",
        lambda t: copied(t, ("a", "b"), "e"),
        "a:\n  b:\n    c: 1  # x\n  e:\n    c: 1\n  d: 1\n",
    ),
    "a copy of a row": ("a: [[1, 2]]\n", lambda t: copied(t, ("a", 0)), "a: [[1, 2], [1, 2]]\n"),
    "a method": (
        "k:\n  score:\n    of: x\n    steps: []\n  cap: 1\n",
        lambda t: replaced(t, ("k", "score"), "attainment"),
        "k:\n  score: attainment\n  cap: 1\n",
    ),
    "a method with a comment": (
        "score:  # why\n  of: x\nb: 1\n",
        lambda t: replaced(t, ("score",), {"of": "y"}),
        "score:  # why\n  {of: y}\nb: 1\n",
    ),
    "several conditions": (
        "when: grade in [S, A]\n",
        lambda t: wrapped(t, ("when",), "all", "total >= 60"),
        "when: {all: ['grade in [S, A]', total >= 60]}\n",
    ),
}


@pytest.mark.parametrize("name", EDITS)
def test_edits_of_structure(name: str) -> None:
    text, edit, wanted = EDITS[name]
    assert edit(text) == wanted


@pytest.mark.parametrize(
    "edit",
    [
        lambda t: added(t, ("a", "b"), "2"),
        lambda t: removed(t, ("a", "x")),
        lambda t: replaced(t, ("x",), "2"),
        lambda t: copied(t, ("a", "x"), "y"),
    ],
)
def test_what_has_no_place_is_refused(edit: Any) -> None:
    with pytest.raises(KaohengError) as caught:
        edit("a: {b: 1}\n")
    assert caught.value.faults[0].code == "rules.edit"


def at(data: Any, path: Path) -> Any:
    for part in path:
        data = data[part]
    return data


def comments(text: str) -> list[str]:
    return sorted(re.findall(r"^ *#.*$", text, re.MULTILINE))


def places(text: str) -> list[tuple[Path, Node]]:
    """Return what can be moved, copied or taken out."""
    return [(path, node) for path, node in walk(read(text, "").root) if path]


@settings(max_examples=120, deadline=None)
@given(st.sampled_from(TEXTS), st.data())
def test_any_sequence_of_edits_gives_what_was_meant(text: str, data: st.DataObject) -> None:
    for step in range(data.draw(st.integers(1, 4))):
        if not places(text):
            return
        path, node = data.draw(st.sampled_from(places(text)))
        plain = read(text, "").root.plain()
        if len(plain) == 1 and len(path) == 1:
            return  # a file without entries is none
        holder = at(plain, path[:-1])
        names = list(holder) if isinstance(holder, dict) else list(range(len(holder)))
        place = names.index(path[-1])
        match data.draw(st.sampled_from(["copy", "remove", "down", "replace"])):
            case "copy":
                code = f"copy{step}" if isinstance(holder, dict) else ""
                after = copied(text, path, code)
                kept = at(read(after, "").root.plain(), path[:-1])
                assert len(kept) == len(holder) + 1
                assert after.startswith(text[: node.end].rstrip())
            case "remove":
                after = removed(text, path)
                kept = at(read(after, "").root.plain(), path[:-1])
                assert list(kept) == [each for number, each in enumerate(holder) if number != place]
            case "down":
                after = moved(text, path, 1)
                assert comments(after) == comments(text)
            case _:
                after = replaced(text, path, {"new": ["x", "y: z"]})
                assert at(read(after, "").root.plain(), path) == {"new": ["x", "y: z"]}
                assert after.endswith(text[node.end :])
        text = after
