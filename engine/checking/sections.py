"""What must hold between the sections of a policy, beyond what formulas check by themselves."""

from __future__ import annotations

from collections.abc import Iterator

from engine.checking.bounds import check_bounds
from engine.checking.calibration import check_calibration
from engine.checking.evaluating import check_evaluating
from engine.checking.following import check_following
from engine.checking.scoring import check_references, check_weights
from engine.checking.workflow import check_workflow
from engine.errors import N_
from engine.forms.guardrails import check_guardrails
from engine.model import Figure, Kpi, Policy
from engine.reader import Path
from engine.schema.policy import exponent
from engine.schema.said import Said, unknown_name

Problem = tuple[Path, Said]


def check(policy: Policy) -> list[Problem]:
    """Return every problem with its path in the file."""
    workflow = check_workflow(policy.workflow) if policy.workflow else ()
    return [
        *_twice(policy),
        *_measures(policy),
        *_kpis(policy),
        *check_weights(policy),
        *check_references(policy),
        *check_guardrails(policy),
        *_bands(policy),
        *_grades(policy),
        *_money(policy),
        *_pools(policy),
        *_conclusions(policy),
        *check_bounds(policy),
        *check_evaluating(policy),
        *workflow,
        *check_calibration(policy),
        *check_following(policy),
    ]


def _twice(policy: Policy) -> Iterator[Problem]:
    """Names share one space: a step must not be called like a measure."""
    seen: dict[str, str] = {}
    sections: dict[str, tuple[Figure | Kpi, ...]] = {
        "measures": policy.measures,
        "targets": policy.targets,
        "inputs": policy.inputs,
        "constants": policy.constants,
        "kpis": policy.kpis,
        "steps": policy.steps,
    }
    for section, entries in sections.items():
        for entry in entries:
            if entry.code in seen and not _apart(section, seen[entry.code]):
                yield (section, entry.code), _defined(entry.code, seen[entry.code])
            seen.setdefault(entry.code, section)
    for rule in policy.rules:
        for place, action in enumerate(rule.then):
            if action.conclude and seen.get(action.conclude, "kpis") != "kpis":
                path = ("rules", rule.code, "then", place, "conclude")
                yield path, _defined(action.conclude, seen[action.conclude])


def _defined(name: str, section: str) -> Said:
    return Said(
        "rules.twice",
        N_("`{name}` is already defined under {section}."),
        N_("Choose another name for one of them."),
        at_key=True,
        name=name,
        section=section,
    )


def _apart(section: str, other: str) -> bool:
    """Say that a KPI may be called like its actual: its own values all have a dot."""
    return "kpis" in {section, other} and bool({section, other} & {"measures", "inputs", "steps"})


def _measures(policy: Policy) -> Iterator[Problem]:
    base = [measure.code for measure in policy.measures if not measure.is_made_of_others]
    for measure in policy.measures:
        for place, name in enumerate(measure.ratio or ()):
            if name not in base:
                yield ("measures", measure.code, measure.kind, place), unknown_name(name, base)
        if measure.kind == "first" and not measure.by:
            yield (
                ("measures", measure.code),
                Said(
                    "rules.first_by",
                    N_("`first` needs `by`."),
                    N_("Say for whom it is the first: by: person."),
                ),
            )
        if measure.late == "next" and (measure.is_made_of_others or measure.period != "this"):
            yield (
                ("measures", measure.code, "late"),
                Said(
                    "rules.late_of_others",
                    N_("Only a measure of this period's records can take late ones."),
                    N_("Remove `late`: a longer period counts them by their day."),
                ),
            )
    for target in policy.targets:
        if target.measure and target.measure not in [measure.code for measure in policy.measures]:
            yield ("targets", target.code, "measure"), unknown_name(target.measure, base)


def _kpis(policy: Policy) -> Iterator[Problem]:
    figures = _codes(*policy.measures, *policy.inputs, *policy.steps)
    aims = _codes(*policy.targets, *policy.inputs, *policy.constants)
    for kpi in policy.kpis:
        path = ("kpis", kpi.code)
        if not kpi.raters and kpi.actual not in figures:
            yield (*path, "actual"), unknown_name(kpi.actual, figures)
        for anchor in ("threshold", "target", "stretch"):
            aim = getattr(kpi, anchor)
            if isinstance(aim, str) and aim not in aims:
                yield (*path, anchor), unknown_name(aim, aims)
        if kpi.target is None and kpi.score is None and not kpi.raters:
            yield (
                path,
                Said(
                    "rules.kpi_score",
                    N_("Without a target, `{name}` needs a `score`."),
                    N_("Add a target, or say how the actual becomes points."),
                    at_key=True,
                    name=kpi.code,
                ),
            )


def _bands(policy: Policy) -> Iterator[Problem]:
    seen: set[str] = set()
    for place, grade in enumerate(policy.grades):
        if grade.code in seen:
            yield (
                ("grades", place),
                Said(
                    "rules.grade_twice",
                    N_("Grade {grade} is given twice."),
                    N_("Keep one of them."),
                    grade=grade.code,
                ),
            )
        if place and grade.start >= policy.grades[place - 1].start:
            yield (
                ("grades", place),
                Said(
                    "rules.grade_order",
                    N_("Grade {grade} begins at {start}, which the grade above covers."),
                    N_("List grades from the highest down, each with a lower `from`."),
                    grade=grade.code,
                    start=str(grade.start),
                ),
            )
        seen.add(grade.code)


def _grades(policy: Policy) -> Iterator[Problem]:
    """The bands must reach down to the lowest total there can be."""
    lowest = policy.total.floor or 0
    if policy.grades and policy.grades[-1].start > lowest:
        last = policy.grades[-1]
        yield (
            ("grades", len(policy.grades) - 1),
            Said(
                "rules.grade_gap",
                N_("No grade covers totals below {start}."),
                N_("Let the lowest grade begin at {lowest}."),
                start=str(last.start),
                lowest=str(lowest),
            ),
        )


def _money(policy: Policy) -> Iterator[Problem]:
    """What is paid is paid in the currency's minor unit."""
    places = exponent(policy.currency)
    if policy.rounding.money > places:
        yield (
            ("rounding", "money"),
            Said(
                "rules.money_places",
                N_("{currency} has {places} decimals."),
                N_("Round money to at most that."),
                currency=policy.currency,
                places=places,
            ),
        )
    for step in policy.steps:
        if step.grant and step.digits is not None and step.digits > places:
            yield (
                ("steps", step.code, "digits"),
                Said(
                    "rules.money_places",
                    N_("{currency} has {places} decimals."),
                    N_("Round money to at most that."),
                    currency=policy.currency,
                    places=places,
                ),
            )
        if step.grant and step.unit != "money":
            yield (
                ("steps", step.code, "unit"),
                Said(
                    "rules.grant_unit",
                    N_("Only money can be granted by a step."),
                    N_("Write unit: money."),
                ),
            )


def _pools(policy: Policy) -> Iterator[Problem]:
    figures = _codes(*policy.measures, *policy.inputs, *policy.steps)
    for pool in policy.pools:
        if pool.share == "contribution" and pool.by is None:
            yield (
                ("pools", pool.code, "share"),
                Said(
                    "rules.pool_by",
                    N_("A share by contribution needs `by`."),
                    N_("Name the figure that is contributed, such as `by: {name}`."),
                    name=next(iter(figures), "revenue"),
                ),
            )
        elif pool.share == "contribution" and pool.by not in figures:
            yield ("pools", pool.code, "by"), unknown_name(str(pool.by), figures)
        if pool.share == "score" and not policy.kpis:
            yield (
                ("pools", pool.code, "share"),
                Said(
                    "rules.pool_score",
                    N_("There is no score to share by."),
                    N_("Add KPIs, or share equally."),
                ),
            )


def _conclusions(policy: Policy) -> Iterator[Problem]:
    for rule in policy.rules:
        for place, action in enumerate(rule.then):
            if action.conclude and (action.amount or action.text):
                yield (
                    ("rules", rule.code, "then", place),
                    Said(
                        "rules.conclusion",
                        N_("A conclusion is only a name: it gives nothing."),
                        N_("Write a grant beside it: `- {{grant: bonus, amount: …}}`."),
                    ),
                )


def _codes(*figures: Figure) -> list[str]:
    return [each.code for each in figures]
