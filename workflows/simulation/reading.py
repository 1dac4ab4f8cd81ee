"""Simulations as people read them: the list, one of them, and those that argued for a version."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache

import polars as pl
from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.canonical import from_canonical
from engine.compile import compile_policy
from engine.model import Policy
from engine.telling.difference import Difference, differences
from engine.version import Version
from workflows.access.actors import Actor
from workflows.access.decide import allow_everywhere
from workflows.simulation.movers import Moved
from workflows.simulation.operations import by_public_id
from workflows.simulation.summary import Summary, read_rows
from workflows.simulation.tables import Candidate, CandidateResult, Simulation


@dataclass(frozen=True)
class Told:
    """One candidate of a simulation that is done, with everything that there is to show."""

    candidate: Candidate
    result: CandidateResult

    @property
    def summary(self) -> Summary:
        return self.result.summary

    @cached_property
    def before(self) -> Policy:
        return from_canonical(self.candidate.simulation.base.canonical)

    @cached_property
    def after(self) -> Policy:
        return from_canonical(self.candidate.canonical)

    @cached_property
    def changes(self) -> tuple[Difference, ...]:
        """What the candidate changes, in words."""
        return differences(self.before, self.after)

    @cached_property
    def rows(self) -> pl.DataFrame:
        """A row a person: both sides, and ``money`` and ``score`` between them."""
        return read_rows(self.result.rows)

    @cached_property
    def moved(self) -> Moved:
        base, other = self.candidate.simulation.base.canonical, self.candidate.canonical
        return Moved(_compiled(base), _compiled(other), self.result.movers)


@lru_cache(maxsize=16)
def _compiled(canonical: str) -> Version:
    return compile_policy(from_canonical(canonical))


def find_simulation(session: Session, actor: Actor, public_id: str) -> Simulation:
    """Return a simulation to whoever may read them; refuse with ``MISSING`` an unknown one."""
    allow_everywhere(actor, "list_simulations")
    return by_public_id(session, public_id)


def told(simulation: Simulation) -> list[Told]:
    """Return the candidates that have a result, in the order in which they were named."""
    return [Told(each, each.result) for each in simulation.candidates if each.result is not None]


def simulations_of(session: Session, digest: str) -> list[Simulation]:
    """Return the simulations in which the version of this digest was tried, the newest first.

    A draft that was simulated and then frozen as it stood has the version's digest.
    """
    tried = select(Candidate.simulation_id).where(Candidate.digest == digest)
    return list(
        session.scalars(
            select(Simulation).where(Simulation.id.in_(tried)).order_by(Simulation.id.desc())
        )
    )
