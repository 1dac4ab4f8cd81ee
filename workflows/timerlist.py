"""All timers together: importing this declares what happens when each kind of time has come."""

from __future__ import annotations

from workflows.appeals import escalating
from workflows.closing import arriving
from workflows.feedback import silence
from workflows.org import leavers, units
from workflows.stages import firing
from workflows.tracking import watching

__all__ = ["arriving", "escalating", "firing", "leavers", "silence", "units", "watching"]
