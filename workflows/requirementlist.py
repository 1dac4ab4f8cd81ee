"""All requirements together: importing this declares the check of each."""

from __future__ import annotations

from workflows.goals import agreed as goals_agreed

__all__ = ["goals_agreed"]
from workflows.calibration import required as calibration

__all__ = ["calibration"]
