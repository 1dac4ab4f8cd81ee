"""Facts by chance, from a number for each person: edges, ties and rounding points sought out."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from random import Random

from engine.model import Policy
from engine.schema.policy import exponent

EDGES = ("0", "10000", "30000", "30000.5", "36000", "15000", "20000", "1600")
AIMS = ("0", "8", "1600", "20000", "30000", "36000", "25000.01", "123456.78")
LABELS = {
    "region": ["", "north", "south", "east"],
    "city": ["beijing", "shanghai", "hefei", ""],
    "protection": ["", "", "", "pregnancy"],
}
SEGMENTS = ["2026-05-01", "2026-04-01", "2026-06-15"]
GRADES = ["", "", "", "S", "D"]


def people(policy: Policy, seeds: Sequence[int]) -> list[dict[str, str]]:
    """Give a row of cells for each seed, for the columns that the policy wants."""
    if not policy.presence.segments:
        return [person(policy, f"P{place:03}", Random(seed)) for place, seed in enumerate(seeds)]
    return [
        {**person(policy, f"P{place:03}", luck), "segment": segment}
        for place, luck in enumerate(map(Random, seeds))
        for segment in luck.choice([["2026-04-01"], ["2026-06-01", "2026-04-01"], SEGMENTS])
    ]


def person(policy: Policy, code: str, luck: Random) -> dict[str, str]:
    places = exponent(policy.currency)
    aim = Decimal(luck.choice(AIMS)).quantize(Decimal(1).scaleb(-places))
    prorated = any(target.prorate for target in policy.targets)
    row = {
        "person": code,
        "team": luck.choice("TTUV"),
        "calibrated_grade": luck.choice(GRADES),
        "date": luck.choice([*["2026-06-30", "2026-07-01"] * 20, "2024-12-31"]),
        "won": _amount(luck, aim, policy.rounding.attainment),
        "listed": _amount(luck, aim, 2),
        "aim.full" if prorated else "aim": f"{aim:f}",
        **{name: _count(luck) for name in ("deals", "closed", "days")},
        "deal_aim": luck.choice(["0", "3", "7", "8", "16"]),
        "survey": _mark(luck, 120),
        "market": luck.choice(["", "0.5", "1", "1.5", "0.9", "1.1111", "2"]),
        **{name: luck.choice(options) for name, options in LABELS.items()},
        "wage": _money(luck.choice(["", "0", "3000", "8000.03", "2500", "2540.01"]), places),
        "loss": _money(luck.choice(["", "0", "0.5", "900", "5000", "123.45"]), places),
        "before": _money(luck.choice(["", "0", "9999.99", "12000", "40000"]), places),
    }
    if prorated or policy.presence.least_days or policy.presence.segments:
        row["days_in_post"] = luck.choice(["90", "90", "29", "30", "31", "45", "0"])
    if prorated:
        row["days_in_period"] = luck.choice(["90", "91"])
    return row | _own_weights(policy, luck) | _ratings(policy, luck)


def _money(text: str, places: int) -> str:
    return f"{Decimal(text):.{places}f}" if text else ""


def _amount(luck: Random, aim: Decimal, digits: int) -> str:
    """Give money at an edge or a cent beside it, or where the attainment is half a last place."""
    half = (Decimal(luck.randrange(0, 2 * 10**digits)) + Decimal("0.5")).scaleb(-digits)
    amount = luck.choice(
        [
            Decimal(luck.choice(EDGES)),
            Decimal(luck.choice(EDGES)) + Decimal(luck.choice(["0.01", "-0.01"])),
            aim,
            aim * half,
            aim * luck.choice([Decimal("1.2"), Decimal("0.6"), Decimal("0.995")]),
            Decimal(luck.randrange(0, 20_000_000)).scaleb(-2),
            Decimal(-500),
        ]
    )
    return f"{amount:.10f}"


def _count(luck: Random) -> str:
    return str(luck.choice([luck.randrange(10), luck.randrange(10), luck.randrange(200), 0, 2.5]))


def _mark(luck: Random, most: int) -> str:
    whole = luck.randrange(most)
    return luck.choice(["", str(whole), f"{whole}.005", f"{whole}.5", "60", "59.9999", "0"])


def _own_weights(policy: Policy, luck: Random) -> dict[str, str]:
    """Move weight between the two KPIs of a dimension that have bands, now and then wrongly."""
    row: dict[str, str] = {}
    banded = [kpi for kpi in policy.kpis if kpi.weight_band]
    for first, second in zip(banded[::2], banded[1::2], strict=True):
        moved = Decimal(luck.choice(["0", "0.05", "-0.05", "0.0123"]))
        wrong = Decimal("0.0001") if luck.randrange(40) == 0 and moved < Decimal("0.05") else 0
        row[f"{first.code}.weight"] = f"{first.weight + moved + wrong}" if moved else ""
        row[f"{second.code}.weight"] = f"{second.weight - moved}" if moved else ""
    return row


def _ratings(policy: Policy, luck: Random) -> dict[str, str]:
    return {
        f"{kpi.code}.{rater}": luck.choice(["", "0", "1", "3.3333", "4.5", f"{kpi.scale}"])
        for kpi in policy.kpis
        for rater, _ in kpi.raters
    }
