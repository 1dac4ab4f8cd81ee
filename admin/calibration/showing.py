"""How names, exact fractions and groups of a calibration session are written."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from flask import Flask

from admin.formats import number
from engine.model import Policy
from workflows.calibration.board import Compared


def register(app: Flask) -> None:
    app.jinja_env.filters.update(in_steps=in_steps, result_in=result_in)


def in_steps(value: Fraction) -> str:
    """Return an exact fraction with its sign, rounded half up to two places to be shown."""
    shown = _two_places(value)
    return f"+{shown}" if value > 0 else shown


def group_name(compared: Compared) -> str:
    """Return what a group is called: its units, and its post where posts are apart."""
    names = [unit.name for unit in compared.units if unit is not None]
    return "、".join(names) + (f" · {compared.group.post}" if compared.group.post else "")


def result_in(result: Fraction, policy: Policy) -> str:
    """Return a group's own result: an attainment as a percentage, a mean total in points."""
    by_result = policy.calibration.by_result if policy.calibration else None
    is_share = by_result is not None and by_result.kpi is not None
    return _two_places(result * 100) + "%" if is_share else _two_places(result)


def _two_places(value: Fraction) -> str:
    """Return a fraction rounded half up to two places, to be shown."""
    hundredths = (abs(value) * 100 + Fraction(1, 2)).__floor__()
    return ("−" if value < 0 and hundredths else "") + number(Decimal(hundredths).scaleb(-2), 2)
