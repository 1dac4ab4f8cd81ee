"""Addresses of our own style sheets and pictures that change when their content does."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path
from typing import Any

from flask import Flask

FOLDER = Path(__file__).parent / "static"


def register(app: Flask) -> None:
    app.url_defaults(_add_fingerprint)


def _add_fingerprint(endpoint: str, values: dict[str, Any]) -> None:
    if endpoint == "static":
        values.setdefault("v", _fingerprint(values["filename"]))


@cache
def _fingerprint(filename: str) -> str:
    return hashlib.sha256((FOLDER / filename).read_bytes()).hexdigest()[:10]
