"""What must hold of weights, and of the names that scoring refers to outside of formulas."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal

from engine.errors import N_
from engine.model import Kpi, Policy
from engine.reader import Path
from engine.schema.said import Said, unknown_name

Problem = tuple[Path, Said]


def check_weights(policy: Policy) -> Iterator[Problem]:
    """Weights sum to 100%: of all KPIs, or of the dimensions and of the KPIs within each."""
    if not policy.dimensions:
        yield from _sum(policy.kpis, ("kpis",))
        return
    yield from _sum(policy.dimensions, ("dimensions",))
    for dimension in policy.dimensions:
        within = [kpi for kpi in policy.kpis if kpi.dimension == dimension.code]
        path = ("dimensions", dimension.code)
        if not within:
            yield (
                path,
                Said(
                    "rules.dimension_empty",
                    N_("No KPI belongs to `{name}`."),
                    N_("Write dimension: {name} on a KPI, or remove it."),
                    at_key=True,
                    name=dimension.code,
                ),
            )
        yield from _sum(within, path)


def _sum(weighted: Iterable[object], path: Path) -> Iterator[Problem]:
    found = [each.weight for each in weighted]  # type: ignore[attr-defined]
    if found and sum(found) != 1:
        yield (
            path,
            Said(
                "rules.weights",
                N_("The weights sum to {sum}%, not to 100%."),
                N_("Change them until they sum to 100%."),
                sum=f"{(sum(found, Decimal(0)) * 100).normalize():f}",
            ),
        )


def check_references(policy: Policy) -> Iterator[Problem]:
    """Names that are given outside of formulas are names of the right kind of thing."""
    labels = [each.code for each in policy.inputs if each.unit == "label"]
    figures = [each.code for each in policy.inputs if each.unit != "label"]
    grades = [grade.code for grade in policy.grades]
    dimensions = [each.code for each in policy.dimensions]
    for kpi in policy.kpis:
        yield from _of_kpi(kpi, dimensions, figures)
    for constant in policy.constants:
        if constant.by is not None:
            yield from _known(constant.by, labels, ("constants", constant.code, "by"))
            yield from _labels_given(policy, constant.code)
    for step in policy.steps:
        if step.over is not None:
            among = [*labels, "all", "team"]
            yield from _known(step.over.among, among, ("steps", step.code, "over", "among"))
    for veto in policy.vetoes:
        if veto.grade is not None:
            yield from _known(veto.grade, grades, ("vetoes", veto.code, "grade"))
    paid = [*(step.code for step in policy.steps), *(rule.code for rule in policy.rules)]
    for given in policy.inputs:
        if given.paid is not None:
            yield from _known(given.paid, paid, ("inputs", given.code, "paid"))


def _of_kpi(kpi: Kpi, dimensions: list[str], figures: list[str]) -> Iterator[Problem]:
    path = ("kpis", kpi.code)
    if kpi.dimension is not None:
        yield from _known(kpi.dimension, dimensions, (*path, "dimension"))
    elif dimensions:
        yield (
            path,
            Said(
                "rules.kpi_dimension",
                N_("`{name}` belongs to no dimension."),
                N_("Write dimension: one of {known}."),
                at_key=True,
                name=kpi.code,
                known=", ".join(dimensions),
            ),
        )
    if kpi.difficulty is not None:
        yield from _known(kpi.difficulty.of, figures, (*path, "difficulty", "of"))


def _labels_given(policy: Policy, code: str) -> Iterator[Problem]:
    """Every option of the label has a value from each date on."""
    constant = next(each for each in policy.constants if each.code == code)
    options = next((each.options for each in policy.inputs if each.code == constant.by), ())
    for place, row in enumerate(constant.values):
        given = [label for label, _ in row.by]
        path = ("constants", code, "values", place, "by")
        for label in given:
            yield from _known(label, list(options), (*path, label))
        if missing := [option for option in options if option not in given]:
            yield (
                path,
                Said(
                    "rules.label_missing",
                    N_("There is no value for {missing}."),
                    N_("Give one for every option."),
                    missing=", ".join(missing),
                ),
            )


def _known(name: str, known: list[str], path: Path) -> Iterator[Problem]:
    if name not in known:
        yield path, unknown_name(name, known)
