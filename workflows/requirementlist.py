"""All requirements together: importing this declares the check of each."""

from __future__ import annotations

from workflows.calibration import required as calibration

__all__ = ["calibration"]
