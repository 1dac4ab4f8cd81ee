"""All timers together: importing this declares what happens when each kind of time has come."""

from __future__ import annotations

from workflows.stages import firing

__all__ = ["firing"]
