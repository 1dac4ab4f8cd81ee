"""What has to be there before a review moves on: declared by the module whose subject it is.

A policy names requirements at its transitions (``requires: [self_report]``); the names are in
``engine.checking.workflow.REQUIREMENTS``. Each check says what is missing, as faults.

Where a review moves because its person stayed silent, what only they could say is counted as
said: the requirements for which a ``silence`` is declared. All others hold as ever.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from engine.errors import Fault
from engine.model import Policy
from workflows.reviews.tables import Review

# Gives a fault for each thing that is missing; nothing where all is there.
Check = Callable[[Session, Review, Policy], Iterable[Fault]]

# Counts the silence of a review's person as their answer; gives what the log is to say of it,
# or None where there was nothing left to answer. It writes, but never to the log.
Silence = Callable[[Session, datetime, Review, Policy], Mapping[str, Any] | None]

_declared: dict[str, Check] = {}
_silences: dict[str, Silence] = {}


def requirement(name: str) -> Callable[[Check], Check]:
    """Declare the check of the requirement ``name``."""

    def declare(check: Check) -> Check:
        if name in _declared:
            raise ValueError(f"requirement {name!r} is declared twice")
        _declared[name] = check
        return check

    return declare


def silence(name: str) -> Callable[[Silence], Silence]:
    """Declare what the silence of a review's person does for the requirement ``name``."""

    def declare(handler: Silence) -> Silence:
        if name in _silences:
            raise ValueError(f"silence for {name!r} is declared twice")
        _silences[name] = handler
        return handler

    return declare


def count_silence(
    session: Session, now: datetime, review: Review, policy: Policy, requirements: Iterable[str]
) -> dict[str, Mapping[str, Any]]:
    """Count the silence of the review's person wherever it is an answer to a requirement.

    Returns, by requirement, what the log is to say of it.
    """
    importlib.import_module("workflows.requirementlist")
    counted = {
        name: _silences[name](session, now, review, policy)
        for name in requirements
        if name in _silences
    }
    return {name: details for name, details in counted.items() if details is not None}


def missing(
    session: Session, review: Review, policy: Policy, requirements: Iterable[str]
) -> list[Fault]:
    """Return what the named requirements still miss."""
    importlib.import_module("workflows.requirementlist")
    return [fault for name in requirements for fault in _declared[name](session, review, policy)]
