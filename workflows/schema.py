"""All tables together, for migrations and for whoever maps them: importing this maps them all."""

from __future__ import annotations

from workflows.accounts import tables as accounts
from workflows.agreements import tables as agreements
from workflows.appeals import tables as appeals
from workflows.audits import tables as audits
from workflows.base.database import Base
from workflows.calendar import tables as calendar
from workflows.calibration import tables as calibration
from workflows.claims import tables as claims
from workflows.closing import tables as closing
from workflows.comments import tables as comments
from workflows.confirming import tables as confirming
from workflows.consultation import tables as consultation
from workflows.contributions import tables as contributions
from workflows.crediting import tables as crediting
from workflows.cycles import tables as cycles
from workflows.feedback import tables as feedback
from workflows.figures import tables as figures
from workflows.goals import tables as goals
from workflows.idempotency import tables as idempotency
from workflows.incentives import tables as incentives
from workflows.log import tables as log
from workflows.meetings import tables as meetings
from workflows.notices import tables as notices
from workflows.org import tables as org
from workflows.plans import tables as plans
from workflows.programme import tables as programme
from workflows.publishing import tables as publishing
from workflows.ratings import tables as ratings
from workflows.reporting import tables as reporting
from workflows.reviews import tables as reviews
from workflows.rulebook import tables as rulebook
from workflows.selfreports import tables as selfreports
from workflows.simulation import tables as simulation
from workflows.sources import tables as sources
from workflows.standins import tables as standins
from workflows.targets import tables as targets
from workflows.timers import tables as timers
from workflows.tracking import tables as tracking

__all__ = [
    "accounts",
    "agreements",
    "appeals",
    "audits",
    "calendar",
    "calibration",
    "claims",
    "closing",
    "comments",
    "confirming",
    "consultation",
    "contributions",
    "crediting",
    "cycles",
    "feedback",
    "figures",
    "goals",
    "idempotency",
    "incentives",
    "log",
    "meetings",
    "notices",
    "org",
    "plans",
    "programme",
    "publishing",
    "ratings",
    "reporting",
    "reviews",
    "rulebook",
    "selfreports",
    "simulation",
    "sources",
    "standins",
    "targets",
    "timers",
    "tracking",
]

metadata = Base.metadata
