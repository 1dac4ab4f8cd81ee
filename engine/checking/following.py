"""What must hold of alerts, suggestions for plans and career paths, beyond their conditions."""

from __future__ import annotations

from collections.abc import Iterator

from engine.errors import N_
from engine.model import Policy
from engine.reader import Path, nearest
from engine.schema.said import Said, unknown_name

# Who may be told of an alert.
TOLD = ("owner", "manager", "hr")

Problem = tuple[Path, Said]


def check_following(policy: Policy) -> Iterator[Problem]:
    """Yield every problem with its path in the file."""
    for alert in policy.alerts:
        for place, name in enumerate(alert.to):
            if name not in TOLD:
                yield ("alerts", alert.code, "to", place), _unknown(name)
    kpis = [kpi.code for kpi in policy.kpis]
    for plan in policy.plans:
        if plan.kpi is not None and plan.kpi not in kpis:
            yield ("plans", plan.code, "kpi"), unknown_name(plan.kpi, kpis)


def _unknown(name: str) -> Said:
    return Said(
        "rules.unknown_word",
        N_("There is no `{name}` here."),
        N_("Write one of: {known}. Nearest: {nearest}."),
        name=name,
        known=", ".join(TOLD),
        nearest=nearest(name, list(TOLD)) or "-",
    )
