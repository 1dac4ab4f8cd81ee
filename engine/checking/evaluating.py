"""What must hold of ratings and self reports: raters that exist, and a stage to do it in."""

from __future__ import annotations

from collections.abc import Iterator

from engine.errors import N_
from engine.model import Policy
from engine.reader import Path, nearest
from engine.schema.said import Said
from engine.stages import has_stage_for

Problem = tuple[Path, Said]


def check_evaluating(policy: Policy) -> Iterator[Problem]:
    """Yield every problem with its path in the file."""
    known = list(dict.fromkeys(rater for kpi in policy.kpis for rater, _ in kpi.raters))
    for rating in policy.ratings:
        if rating.code not in known:
            yield ("ratings", rating.code), _nobody(rating.code, known)
    if policy.ratings and not has_stage_for(policy, "evaluation"):
        yield ("ratings",), _no_stage("evaluation")
    if policy.self_report is not None and not has_stage_for(policy, "self_report"):
        yield ("self_report",), _no_stage("self_report")
    for each in policy.inputs:
        if each.source == "panel" and each.unit != "points":
            yield ("inputs", each.code, "unit"), _not_points()
        if each.source in ("assists", "sharings") and each.unit != "count":
            yield ("inputs", each.code, "unit"), _not_counted()
        if each.source == "panel" and not has_stage_for(policy, "self_report"):
            yield ("inputs", each.code, "from"), _no_stage("self_report")


def _nobody(code: str, known: list[str]) -> Said:
    return Said(
        "rules.rating_unused",
        N_("No KPI has a rater `{name}`."),
        N_("Call it as the KPI's `raters` do: {known}. Nearest: {nearest}."),
        at_key=True,
        name=code,
        known=", ".join(known) or "-",
        nearest=nearest(code, known) or "-",
    )


def _no_stage(purpose: str) -> Said:
    return Said(
        "rules.no_stage_for",
        N_("The workflow has no stage for it ({purpose})."),
        N_("Add the stage `{purpose}`, or say of one in `details` that it is `for: {purpose}`."),
        at_key=True,
        purpose=purpose,
    )


def _not_points() -> Said:
    return Said(
        "rules.panel_points",
        N_("A panel's mean is in points."),
        N_("Write unit: points."),
    )


def _not_counted() -> Said:
    return Said(
        "rules.counted_input",
        N_("Assists and sharing sessions are counted."),
        N_("Write unit: count."),
    )
