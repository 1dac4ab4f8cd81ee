"""All requirements together: importing this declares the check of each."""

from __future__ import annotations

__all__: list[str] = []
