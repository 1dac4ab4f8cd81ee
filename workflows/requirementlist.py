"""All requirements together: importing this declares the check of each."""

from __future__ import annotations

from workflows.feedback import required as feedback

__all__ = ["feedback"]
