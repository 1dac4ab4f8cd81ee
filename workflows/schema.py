"""All tables together, for migrations and for whoever maps them: importing this maps them all."""

from __future__ import annotations

from workflows.accounts import tables as accounts
from workflows.agreements import tables as agreements
from workflows.base.database import Base
from workflows.comments import tables as comments
from workflows.consultation import tables as consultation
from workflows.contributions import tables as contributions
from workflows.cycles import tables as cycles
from workflows.figures import tables as figures
from workflows.incentives import tables as incentives
from workflows.log import tables as log
from workflows.meetings import tables as meetings
from workflows.notices import tables as notices
from workflows.org import tables as org
from workflows.publishing import tables as publishing
from workflows.ratings import tables as ratings
from workflows.reviews import tables as reviews
from workflows.rulebook import tables as rulebook
from workflows.selfreports import tables as selfreports
from workflows.simulation import tables as simulation
from workflows.sources import tables as sources
from workflows.targets import tables as targets
from workflows.timers import tables as timers

__all__ = [
    "accounts",
    "agreements",
    "comments",
    "consultation",
    "contributions",
    "cycles",
    "figures",
    "incentives",
    "log",
    "meetings",
    "notices",
    "org",
    "publishing",
    "ratings",
    "reviews",
    "rulebook",
    "selfreports",
    "simulation",
    "sources",
    "targets",
    "timers",
]

metadata = Base.metadata
