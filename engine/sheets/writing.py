"""How a value is spelled in YAML: plain where that reads back as the same text, else quoted."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

from engine.errors import KaohengError
from engine.reader import read


def spellings(value: str, style: str = "") -> Iterator[str]:
    """Give the ways to write a scalar: as the old one was, plain, quoted, escaped."""
    quoted = "'" + value.replace("'", "''") + "'"
    escaped = json.dumps(value, ensure_ascii=False)
    yield {"'": quoted, '"': escaped}.get(style, value)
    yield from (value, quoted, escaped)


@lru_cache(maxsize=4096)
def spelled(value: str, style: str = "", *, flow: bool = True) -> str:
    """Return the first spelling that reads back as ``value``, between brackets or on a line."""
    return next((each for each in spellings(value, style) if _reads(each, value, flow)), value)


def _reads(spelling: str, value: str, flow: bool) -> bool:
    try:
        found = read(f"k: [{spelling}, x]" if flow else f"k: {spelling}\nx: 1", "").root.plain()
    except KaohengError:
        return False
    return bool(found == ({"k": [value, "x"]} if flow else {"k": value, "x": "1"}))


def written(data: Any, *, flow: bool = True) -> str:
    """Return ``data`` on one line: ``{a: 1, b: [2, 3]}``."""
    if isinstance(data, str):
        return spelled(data, flow=flow)
    if isinstance(data, Mapping):
        entries = (f"{spelled(key)}: {written(each)}" for key, each in data.items())
        return f"{{{', '.join(entries)}}}"
    if isinstance(data, Sequence):
        return f"[{', '.join(map(written, data))}]"
    raise TypeError(data)


def lines(data: Any, indent: int) -> Iterator[str]:
    """Give a section's entries or items, one a line."""
    space = " " * indent
    if isinstance(data, Mapping):
        yield from (f"{space}{key}: {written(each, flow=False)}" for key, each in data.items())
    else:
        yield from (f"{space}- {written(each, flow=False)}" for each in data)
