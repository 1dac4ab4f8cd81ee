"""Jobs are plain functions, declared by the module whose subject they are."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from workflows.base.database import Database
from workflows.base.settings import Settings

# Runs ``step(session, *args)`` under a name, in a transaction that also records its result.
RunStep = Callable[[str, Callable[..., Any], tuple[Any, ...]], Any]


@dataclass(frozen=True, slots=True)
class JobContext:
    """What a running job may use.

    A job that was interrupted runs again from its first line: what it does between its
    transactions must give the same answer again (read what cannot change meanwhile), and
    what it does inside one happens exactly once.
    """

    job_id: str
    settings: Settings
    database: Database
    run_step: RunStep

    def transaction(self, name: str, step: Callable[..., Any], *args: Any) -> Any:
        """Return ``step(session, *args)``, done once in one write transaction.

        The result is kept with what the step wrote and given again when the job is resumed,
        so it has to be plain (see ``codec``). What the step raises, the job receives.
        """
        return self.run_step(name, step, args)


@dataclass(frozen=True, slots=True)
class Job:
    """A declared job; ``name`` is kept in the database and never changes."""

    name: str
    function: Callable[..., Any]


_declared: dict[str, Job] = {}


def job(name: str) -> Callable[[Callable[..., Any]], Job]:
    """Declare ``function(context, *args)`` as the job ``name``; plain values in and out."""

    def declare(function: Callable[..., Any]) -> Job:
        if name in _declared:
            raise ValueError(f"job {name!r} is declared twice")
        _declared[name] = Job(name, function)
        return _declared[name]

    return declare


def declared() -> Mapping[str, Job]:
    """Return every job that an imported module declared, by name."""
    return MappingProxyType(_declared)
