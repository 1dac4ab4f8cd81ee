"""All requirements together: importing this declares the check of each."""

from __future__ import annotations

from workflows.calibration import required as calibration
from workflows.confirming import requirement as confirming
from workflows.confirming import silence as confirming_silence
from workflows.feedback import required as feedback
from workflows.goals import agreed as goals_agreed
from workflows.ratings import required as ratings
from workflows.selfreports import required as self_report

__all__ = [
    "calibration",
    "confirming",
    "confirming_silence",
    "feedback",
    "goals_agreed",
    "ratings",
    "self_report",
]
