"""Rebuilding of a version only what is asked for: most of one is formulas that nobody changed."""

from __future__ import annotations

import json
from dataclasses import MISSING, fields
from typing import Any

from engine.canonical import from_canonical
from engine.model import Policy
from engine.plain import dumps
from engine.telling.difference import Difference, differences

# Sections that may be left out, for a policy without them is one too. Figures stay: their units
# say which numbers are written as percentages.
_FIGURES = {"measures", "targets", "constants", "inputs"}
_OPTIONAL = frozenset(
    each.name
    for each in fields(Policy)
    if each.default is not MISSING and each.name not in _FIGURES
)


def with_section(canonical: str, section: str) -> Policy:
    """Return a version with this section and what every policy has; the others are empty."""
    return _without(json.loads(canonical), _OPTIONAL - {section})


def differences_between(before: str, after: str) -> tuple[Difference, ...]:
    """Return what ``differences`` says of two versions, by their canonical forms."""
    old, new = json.loads(before), json.loads(after)
    alike = {name for name in _OPTIONAL if old.get(name) == new.get(name)}
    return differences(_without(old, alike), _without(new, alike))


def _without(policy: dict[str, Any], names: set[str] | frozenset[str]) -> Policy:
    kept = {name: value for name, value in policy.items() if name not in names}
    return from_canonical(dumps(kept))
