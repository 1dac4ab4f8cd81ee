"""What a code is called, and how its badge looks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple


class Word(NamedTuple):
    """A msgid, and the tone of its badge: ``calm``, ``active``, ``good``, ``warn`` or ``bad``."""

    message: str
    tone: str = "calm"


# Of each vocabulary, what its codes are called.
Vocabularies = Mapping[str, Mapping[str, Word]]
