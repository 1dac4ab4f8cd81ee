"""What a rating's form says, read from the request."""

from __future__ import annotations

from flask import request

from workflows.ratings.forms import FIELDS


def typed_answers() -> dict[str, dict[str, str]]:
    """Return the form's fields, named ``<kpi>.<field>``, by KPI."""
    found: dict[str, dict[str, str]] = {}
    for name, value in request.form.items():
        kpi, dot, field = name.partition(".")
        if dot and field in FIELDS:
            found.setdefault(kpi, {})[field] = value.replace("\r\n", "\n")
    return found
