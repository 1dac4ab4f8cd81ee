"""One text for one value: canonical JSON and plain decimals."""

from __future__ import annotations

import json
from decimal import Decimal


def dumps(value: object) -> str:
    return json.dumps(
        value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
    )


def plain_number(value: Decimal) -> str:
    """Return a decimal without exponent and trailing zeros: one text for one value."""
    text = f"{value:f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in {"-0", ""} else text
