"""All tables together, for migrations and for whoever maps them: importing this maps them all."""

from __future__ import annotations

from workflows.accounts import tables as accounts
from workflows.agreements import tables as agreements
from workflows.base.database import Base
from workflows.claims import tables as claims
from workflows.comments import tables as comments
from workflows.confirming import tables as confirming
from workflows.consultation import tables as consultation
from workflows.crediting import tables as crediting
from workflows.cycles import tables as cycles
from workflows.figures import tables as figures
from workflows.incentives import tables as incentives
from workflows.log import tables as log
from workflows.notices import tables as notices
from workflows.org import tables as org
from workflows.publishing import tables as publishing
from workflows.reporting import tables as reporting
from workflows.reviews import tables as reviews
from workflows.rulebook import tables as rulebook
from workflows.simulation import tables as simulation
from workflows.sources import tables as sources
from workflows.targets import tables as targets
from workflows.timers import tables as timers

__all__ = [
    "accounts",
    "agreements",
    "claims",
    "comments",
    "confirming",
    "consultation",
    "crediting",
    "cycles",
    "figures",
    "incentives",
    "log",
    "notices",
    "org",
    "publishing",
    "reporting",
    "reviews",
    "rulebook",
    "simulation",
    "sources",
    "targets",
    "timers",
]

metadata = Base.metadata
