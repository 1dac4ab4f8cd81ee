"""What a transition may require is what has a check, and a word on the form."""

from __future__ import annotations

import importlib

from engine.checking.workflow import REQUIREMENTS
from engine.sheets import words
from workflows.reviews import requirements


def test_every_requirement_has_a_check_and_a_word() -> None:
    importlib.import_module("workflows.requirementlist")
    assert set(REQUIREMENTS) == set(requirements._declared) == set(words.REQUIREMENTS)
