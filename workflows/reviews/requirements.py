"""What has to be there before a review moves on: declared by the module whose subject it is.

A policy names requirements at its transitions (``requires: [self_report]``); the names are in
``engine.checking.workflow.REQUIREMENTS``. Each check says what is missing, as faults.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterable

from sqlalchemy.orm import Session

from engine.errors import Fault
from engine.model import Policy
from workflows.reviews.tables import Review

# Gives a fault for each thing that is missing; nothing where all is there.
Check = Callable[[Session, Review, Policy], Iterable[Fault]]

_declared: dict[str, Check] = {}


def requirement(name: str) -> Callable[[Check], Check]:
    """Declare the check of the requirement ``name``."""

    def declare(check: Check) -> Check:
        if name in _declared:
            raise ValueError(f"requirement {name!r} is declared twice")
        _declared[name] = check
        return check

    return declare


def missing(
    session: Session, review: Review, policy: Policy, requirements: Iterable[str]
) -> list[Fault]:
    """Return what the named requirements still miss."""
    importlib.import_module("workflows.requirementlist")
    return [fault for name in requirements for fault in _declared[name](session, review, policy)]
