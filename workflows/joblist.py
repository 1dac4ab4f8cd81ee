"""All jobs together: importing this declares them all, so that every worker knows every job."""

from __future__ import annotations

from workflows.cycles import approval
from workflows.simulation import operations as simulation
from workflows.sources import importing

__all__ = ["approval", "importing", "simulation"]
