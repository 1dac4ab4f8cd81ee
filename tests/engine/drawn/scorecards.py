"""KPIs, dimensions, vetoes, grades: what is scored."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import strategies as st

from tests.engine.drawn.words import EARLY_CONDITIONS, NAME, SCORES

ACTUALS = {
    "won": ["aim", "30000"],
    "deals": ["deal_aim", "7"],
    "rate": ["60%", "0.3333333"],
    "price": ["100%"],
    "cycle": ["50"],
    "growth": ["20%"],
    "survey": ["80"],
    "mixed": ["75"],
    "raters": [""],
}
ZEROS = ["not_applicable", "full", "zero"]
NEGATIVES = ["keep", "keep", *ZEROS]
RARELY = ["pending", "refuse"]
BAND = Decimal("0.05")


@st.composite
def scorings(draw: st.DrawFn) -> str:
    edges = sorted(draw(st.sets(st.sampled_from([0, 1, 2, 3, 5, 8]), min_size=2, max_size=4)))
    points = draw(st.lists(st.integers(0, 130), min_size=5, max_size=5))
    pairs = list(zip(edges, points, strict=False))
    falling = ", ".join(
        f"{{from: {edge}, points: {worth}}}"
        for edge, worth in zip(edges[::-1], points, strict=False)
    )
    word = draw(st.sampled_from(["to", "below"]))
    rising = ", ".join(f"{{{word}: {edge}, points: {worth}}}" for edge, worth in pairs)
    line = ", ".join(f"[{edge}0%, {worth}]" for edge, worth in pairs)
    tables = [
        f"{{of: attainment, steps: [{falling}, {{points: {points[4]}}}]}}",
        f"{{of: attainment, interpolate: [{line}]}}",
        f"{{of: actual, steps: [{falling}, {{points: 1}}]}}",
        f"{{of: attainment, steps: [{rising}, {{points: {points[4]}}}]}}",
        f"{{of: actual, interpolate: [[0, 3], [target, {points[0]}]]}}",
        "{of: actual, falling: true, before: 1, interpolate: [[target, 10], [3, 90]]}",
        f"{{anchors: {{threshold: {points[0]}, target: 100, stretch: {points[1]}}}}}",
        f"{{anchors: {{target: 90, stretch: {points[1]}}}, below: {points[2]}}}",
        f"{{start: 100, each: -{points[0]}.5, per: 3, over: 2, whole: true}}",
        f"{{each: 1.25, per: 7, under: target, start: {points[1]}}}",
        f"{{reached: {points[0]}, missed: 5, at: {edges[0]}0%}}",
        f"{{reached: {points[0]}, of: actual, at: {edges[1]}}}",
        f"{{grid: [{{of: attainment, from: [50%, 1]}}, {{of: market, to: [1]}}], "
        f"values: [[1, 2], [{points[0]}, 4.005], [5, 60]]}}",
    ]
    return draw(st.sampled_from([*(f'"{score}"' for score in SCORES), *tables]))


@st.composite
def scorecards(draw: st.DrawFn) -> tuple[str, list[str]]:
    """Draw KPIs in up to two dimensions; give their section and the names of their actuals."""
    chosen = draw(st.lists(st.sampled_from(list(ACTUALS)), min_size=1, max_size=5, unique=True))
    groups = [chosen]
    sections = ""
    if len(chosen) > 2 and draw(st.booleans()):
        groups = [chosen[:2], chosen[2:]]
        first = draw(st.integers(1, 99))
        sections = "dimensions:\n" + "".join(
            f"  d{place}: {{{NAME}, weight: {weight}%"
            f"{draw(st.sampled_from(['', ', cap: 100', ', floor: 20']))}}}\n"
            for place, weight in enumerate([first, 100 - first])
        )
    sections += "kpis:\n"
    number = 0
    for place, group in enumerate(groups):
        weights = draw(_weights(len(group)))
        banded = len(group) > 1 and all(BAND < each < 1 - BAND for each in weights[:2])
        banded = banded and draw(st.integers(0, 3)) == 0
        for rank, (actual, weight) in enumerate(zip(group, weights, strict=True)):
            extra = f", dimension: d{place}" if len(groups) > 1 else ""
            if banded and rank < 2:
                extra += f", weight_band: [{weight - BAND}, {weight + BAND}]"
            sections += f"  k{number}: {{{NAME}, weight: {weight}{extra}, {draw(_kpi(actual))}}}\n"
            number += 1
    return sections, chosen


@st.composite
def _weights(draw: st.DrawFn, count: int) -> list[Decimal]:
    cuts = sorted(
        draw(st.lists(st.integers(1, 999), min_size=count - 1, max_size=count - 1, unique=True))
    )
    return [
        Decimal(right - left) / 1000 for left, right in zip([0, *cuts], [*cuts, 1000], strict=True)
    ]


@st.composite
def _kpi(draw: st.DrawFn, actual: str) -> str:
    bounds = draw(st.sampled_from(["", ", cap: 120", ", floor: 0", ", cap: 150, floor: -20"]))
    bounds += draw(
        st.sampled_from(
            [
                "",
                "",
                "",
                ", difficulty: {of: market, as: factor}",
                ", difficulty: {of: market, as: factor, normalise: true}",
                ", difficulty: {of: survey, as: points}",
            ]
        )
    )
    if actual == "raters":
        unrated = draw(st.sampled_from(["share", "share", "zero", "pending"]))
        scale = draw(st.sampled_from([100, 5, 7]))
        return (
            f"raters: {{self: 10%, manager: 60%, peers: 30%}}, scale: {scale}, "
            f"if_unrated: {unrated}{bounds}"
        )
    treated = {
        name: draw(st.sampled_from(RARELY if draw(st.integers(0, 9)) == 9 else usual))
        for name, usual in (
            ("if_zero_target", ZEROS),
            ("if_zero_actual", ZEROS),
            ("if_negative", NEGATIVES),
        )
    }
    return (
        f"actual: {actual}, target: {draw(st.sampled_from(ACTUALS[actual]))}, "
        f"better: {draw(st.sampled_from(['higher', 'higher', 'lower']))}, "
        f"form: {draw(st.sampled_from(['ratio', 'mirrored']))}, score: {draw(scorings())}, "
        + ", ".join(f"{name}: {said}" for name, said in treated.items())
        + bounds
        + draw(st.sampled_from(["", "", ", gate: 60%", ", gate: 100%"]))
        + f", threshold: {draw(st.sampled_from(['0.5', '5', '20000']))}"
        + f", stretch: {draw(st.sampled_from(['0.9', '9', '40000']))}"
    )


@st.composite
def verdicts(draw: st.DrawFn) -> str:
    """Draw what makes a total and a grade of points: bounds, vetoes, bands."""
    bounds = draw(st.sampled_from(["{floor: 0, cap: 130}", "{floor: 0}", "{cap: 100}"]))
    vetoes = draw(
        st.lists(
            st.tuples(EARLY_CONDITIONS, st.sampled_from(["total: 59", "total: 0", "grade: B"])),
            max_size=2,
        )
    )
    return (
        f"total: {bounds}\n"
        + ("vetoes:\n" if vetoes else "")
        + "".join(
            f'  v{place}: {{{NAME}, when: "{when}", {what}}}\n'
            for place, (when, what) in enumerate(vetoes)
        )
        + "grades:\n"
        + "".join(
            f"  - {{grade: {code}, from: {start}, coefficient: {share}}}\n"
            for code, start, share in (("S", 110, 1.5), ("A", 100, 1.25), ("B", 60, 1), ("D", 0, 0))
        )
    )
