"""All requirements together: importing this declares the check of each."""

from __future__ import annotations

from workflows.ratings import required as ratings
from workflows.selfreports import required as self_report

__all__ = ["ratings", "self_report"]
