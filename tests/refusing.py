"""A refusal that a test expects, by its kind and its code."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from engine.errors import KaohengError, Kind


@contextmanager
def refused(kind: Kind, code: str) -> Iterator[None]:
    """Expect the block to refuse with this kind, and this code as its first fault."""
    with pytest.raises(KaohengError) as caught:
        yield
    assert (caught.value.kind, caught.value.faults[0].code) == (kind, code)
