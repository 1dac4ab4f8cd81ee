"""The forms that HR writes (KPIs, total, grades, rules, pools) → definitions."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from engine.definitions import (
    Appraised,
    Attainment,
    Bands,
    ByLabel,
    Calibrated,
    Conclusion,
    Condition,
    Decided,
    Definition,
    Formula,
    Lookup,
    Mean,
    Ratio,
    Share,
    Weight,
    What,
)
from engine.expression import Binary, Call, Compare, Expression, Name, Number
from engine.forms import default_digits, literal, shown_as, titled
from engine.model import AnyTable, Bilingual, Kpi, Measure, Policy, Pool, Rule, Step
from engine.schema.policy import exponent
from engine.table_parts import changed
from engine.teams import team_definitions
from engine.wording import rewritten

TOTAL, GRADE = Bilingual("总分", "total"), Bilingual("等级", "grade")
# The figures of a KPI that its actual is held against, in the order of being explained.
ANCHORS = ("threshold", "target", "stretch")
STATE = Bilingual("考核状态", "state")
FINAL, COEFFICIENT = Bilingual("最终等级", "final grade"), Bilingual("绩效系数", "coefficient")


def definitions(policy: Policy) -> list[Definition]:
    """Write the whole policy out, in the order of explanation."""
    own = [
        *(_ratio(measure) for measure in policy.measures if measure.kind == "ratio"),
        *(
            Definition(
                each.code,
                each.name,
                Formula(Number(each.value, f"{each.value:f}")),
                each.unit,
                ("constants", each.code, "value"),
                10,
                measured=True,
            )
            for each in policy.constants
        ),
        *(each for kpi in policy.kpis for each in _kpi(policy, kpi)),
        *_result(policy),
        *(_step(policy, step) for step in policy.steps),
        *(each for rule in policy.rules for each in _rule(policy, rule)),
        *_conclusions(policy),
        *(each for pool in policy.pools for each in _pool(policy, pool)),
    ]
    return [*team_definitions(policy, own), *own]


def _ratio(measure: Measure) -> Definition:
    assert measure.ratio is not None
    return Definition(
        measure.code,
        measure.name,
        Ratio(*measure.ratio, zero=measure.if_zero == "zero"),
        measure.unit,
        ("measures", measure.code, "ratio"),
        measure.digits,
        exact=True,
        measured=True,
    )


def _kpi(policy: Policy, kpi: Kpi) -> Iterator[Definition]:
    unit, digits = shown_as(policy, kpi.actual)
    path = ("kpis", kpi.code)

    def part(
        name: str, what: What, unit: str, digits: int, at: str, exact: bool = False
    ) -> Definition:
        return Definition(
            f"{kpi.code}.{name}",
            titled(kpi.name, name),
            what,
            unit,
            (*path, at),
            digits,
            exact,
            measured=True,
        )

    yield part("actual", Formula(Name(kpi.actual)), unit, digits, "actual", exact=True)
    for name in ANCHORS:
        anchor = getattr(kpi, name)
        if anchor is not None:
            aim: Expression = Name(anchor) if isinstance(anchor, str) else literal(anchor)
            shown = shown_as(policy, anchor) if isinstance(anchor, str) else (unit, 10)
            yield part(name, Formula(aim), *shown, name, exact=True)
    if kpi.target is not None:
        yield part(
            "attainment",
            Attainment(
                f"{kpi.code}.actual",
                f"{kpi.code}.target",
                kpi.better,
                kpi.form,
                kpi.if_zero_target,
                kpi.if_zero_actual,
            ),
            "ratio",
            policy.rounding.attainment,
            "target",
        )
    yield part("points", _points(kpi), "points", policy.rounding.points, "score")


def _points(kpi: Kpi) -> What:
    score = kpi.score
    attainment = Name(f"{kpi.code}.attainment")
    passed = None if kpi.gate is None else Compare(">=", attainment, literal(kpi.gate))
    if isinstance(score, AnyTable):
        own = changed(score, lambda formula: _own(kpi, formula))
        return Lookup(own, kpi.floor, kpi.cap, passed)
    worth: Expression = (
        Binary("*", attainment, literal(Decimal(100))) if score is None else _own(kpi, score)
    )
    if kpi.cap is not None:
        worth = Call("min", (worth, literal(kpi.cap)))
    if kpi.floor is not None:
        worth = Call("max", (worth, literal(kpi.floor)))
    return Formula(worth if passed is None else Call("if", (passed, worth, literal(Decimal(0)))))


def _own(kpi: Kpi, formula: Expression) -> Expression:
    """Let a KPI's own formula say ``attainment`` for ``revenue.attainment``."""
    own = {"actual", "target", "attainment"} | {
        name for name in ANCHORS if getattr(kpi, name) is not None
    }
    return rewritten(
        formula, lambda name: Name(f"{kpi.code}.{name.name}", name.at) if name.name in own else name
    )


def _result(policy: Policy) -> Iterator[Definition]:
    if policy.kpis:
        terms = tuple((f"{kpi.code}.points", kpi.weight) for kpi in policy.kpis)
        yield Definition(
            "total",
            TOTAL,
            Mean(terms, policy.total.floor, policy.total.cap),
            "points",
            ("total",),
            policy.rounding.total,
            measured=True,
        )
        yield Definition("state", STATE, Appraised("total"), "label", ("total",), measured=True)
    if policy.kpis and policy.grades:
        bands = tuple((grade.code, grade.start) for grade in policy.grades)
        coefficients = tuple((grade.code, grade.coefficient) for grade in policy.grades)
        yield Definition("grade", GRADE, Bands("total", bands), "label", ("grades",), measured=True)
        yield Definition(
            "final_grade", FINAL, Calibrated("calibrated_grade", "grade"), "label", ("grades",)
        )
        yield Definition(
            "coefficient",
            COEFFICIENT,
            ByLabel("final_grade", coefficients),
            "ratio",
            ("grades",),
            10,
        )


def _step(policy: Policy, step: Step) -> Definition:
    what: What = Lookup(step.table) if step.table else Formula(step.formula or literal(Decimal(0)))
    at = ("steps", step.code, "table" if step.table else "formula")
    digits = step.digits if step.digits is not None else default_digits(policy, step.unit)
    return Definition(step.code, step.name, what, step.unit, at, digits)


def _rule(policy: Policy, rule: Rule) -> Iterator[Definition]:
    path = ("rules", rule.code)
    yield Definition(f"rule.{rule.code}", rule.name, Decided(rule.when), "flag", (*path, "when"))
    for place, action in enumerate(rule.then):
        if action.amount is not None:
            yield Definition(
                amount_name(rule, place),
                titled(rule.name, "amount"),
                Formula(action.amount),
                "money",
                (*path, "then", place, "amount"),
                policy.rounding.money,
            )


def amount_name(rule: Rule, place: int) -> str:
    """Name the amount of a rule's action."""
    return f"rule.{rule.code}.amount{place + 1}"


def _conclusions(policy: Policy) -> Iterator[Definition]:
    drawn: dict[str, list[Rule]] = {}
    for rule in policy.rules:
        for action in rule.then:
            if action.conclude:
                drawn.setdefault(action.conclude, []).append(rule)
    for name, rules in drawn.items():
        what = Conclusion(tuple(f"rule.{rule.code}" for rule in rules))
        yield Definition(name, rules[0].name, what, "flag", ("rules", rules[0].code, "then"))


def _pool(policy: Policy, pool: Pool) -> Iterator[Definition]:
    path, name, places = ("pools", pool.code), f"pool.{pool.code}", exponent(policy.currency)
    by = {"equal": None, "score": "total", "contribution": pool.by}[pool.share]
    trigger = _seen(policy, pool.trigger) if pool.compare == "shown" else pool.trigger
    yield Definition(
        f"{name}.trigger",
        titled(pool.name, "trigger"),
        Condition(trigger),
        "flag",
        (*path, "trigger"),
    )
    yield Definition(
        f"{name}.fund",
        titled(pool.name, "fund"),
        Formula(pool.fund),
        "money",
        (*path, "fund"),
        places,
    )
    digits = shown_as(policy, by)[1] if by and by != "total" else policy.rounding.total
    yield Definition(
        f"{name}.weight",
        titled(pool.name, "weight"),
        Weight(by, pool.eligible),
        "number",
        (*path, "eligible" if pool.eligible else "by"),
        digits,
    )
    yield Definition(
        f"{name}.share",
        titled(pool.name, "share"),
        Share(f"{name}.trigger", f"{name}.fund", f"{name}.weight"),
        "money",
        (*path, "share"),
        places,
    )


def _seen(policy: Policy, formula: Expression) -> Expression:
    """Compare what people see: attainments rounded as they are shown."""

    def shown(name: Name) -> Expression:
        if name.name.endswith(".attainment"):
            return Call("round", (name, literal(Decimal(policy.rounding.attainment))))
        return name

    return rewritten(formula, shown)
