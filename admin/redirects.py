"""Going back to a page of ours, and to nobody else's."""

from __future__ import annotations

import re

# One slash, then neither a second one nor a backslash (browsers read it as a slash), and
# no white space or control character anywhere (browsers drop some of them).
_LOCAL = re.compile(r"/(?![/\\])[^\\\s\x00-\x1f\x7f]*")


def local_target(target: str | None, fallback: str = "/") -> str:
    """Return ``target`` if it is a path on this site, else ``fallback``."""
    return target if target and _LOCAL.fullmatch(target) else fallback
