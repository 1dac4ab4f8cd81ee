"""All subjects that do something when a review has moved: importing this declares them."""

from __future__ import annotations

from workflows.closing import arriving

__all__ = ["arriving"]
