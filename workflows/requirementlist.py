"""All requirements together: importing this declares the check of each."""

from __future__ import annotations

from workflows.confirming import requirement as confirming

__all__ = ["confirming"]
