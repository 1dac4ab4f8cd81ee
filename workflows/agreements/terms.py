"""A copy's words, in both languages at once: KPIs, the result, how pay comes about, own targets.

What is signed must not change with the application: everything that a copy says is in its
text, and a page only lays it out. Weights and figures are decimals as text, names bilingual.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from engine.definitions import Conclusion, Definition
from engine.facts import wanted
from engine.forms.scorecard import definitions
from engine.model import Action, Bilingual, Kpi, Payout, Policy
from engine.periods import Period
from engine.plain import dumps, plain_number
from engine.telling.describe import Wording, described
from workflows.base.i18n import gettext

FORM = 1  # of these texts: a later form has another number beside this one
LANGUAGES = ("zh", "en")
_RESULT = ("total", "dimensions", "vetoes", "grades")
_PAY = ("constants", "guardrails", "steps", "rules", "pools")

Said = dict[str, str]
Part = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Occasion:
    """What a copy is of: a version, from when it is in force, and the period."""

    policy: Policy
    digest: str
    seq: int
    period: Period
    effective_on: date | None
    published_at: datetime | None


def sha256(text: str) -> str:
    """Return the SHA-256 of a text, in hex."""
    return hashlib.sha256(text.encode()).hexdigest()


def terms_of(occasion: Occasion) -> str:
    """Return as canonical JSON what all copies of one occasion have in common."""
    policy, period = occasion.policy, occasion.period
    said = {each.name: each for each in definitions(policy)}
    words = _Words(policy, said)
    published, effective = occasion.published_at, occasion.effective_on
    return dumps(
        {
            "form": FORM,
            "policy": policy.policy,
            "name": _both(policy.name),
            "version": occasion.digest,
            "seq": occasion.seq,
            "period": period.label,
            "starts_on": period.start.isoformat(),
            "ends_before": period.end.isoformat(),
            "effective_on": effective and effective.isoformat(),
            "published_at": published and published.isoformat(),
            "currency": policy.currency,
            "kpis": [_kpi(kpi, said, words) for kpi in policy.kpis],
            "result": list(_lines(said, words, _RESULT)),
            "pay": [*_lines(said, words, _PAY, _given(policy))],
        }
    )


def own_text(
    occasion: Occasion,
    terms: str,
    copy: int,
    *,
    person: tuple[str, str],
    team: tuple[str, str],
    targets: Mapping[str, Decimal],
) -> str:
    """Return as canonical JSON what one person's copy says, bound to its terms by their digest.

    A target without an amount is to follow, in a copy of its own.
    """
    return dumps(
        {
            "form": FORM,
            "copy": copy,
            "terms": terms,
            "person": dict(zip(("code", "name"), person, strict=True)),
            "team": dict(zip(("code", "name"), team, strict=True)),
            "targets": [
                {
                    "code": rule.code,
                    "name": _both(rule.name),
                    "unit": rule.unit,
                    "amount": plain_number(targets[rule.code]) if rule.code in targets else None,
                }
                for rule in occasion.policy.targets
            ],
        }
    )


class _Words:
    """Formulas in words: names by their titles, in each language."""

    def __init__(self, policy: Policy, said: Mapping[str, Definition]) -> None:
        titles = {each.name: each.title for each in wanted(policy)}
        self.titles = titles | {name: each.title for name, each in said.items()}
        self._wordings = {language: self._wording(language) for language in LANGUAGES}

    def of(self, definition: Definition) -> Said:
        return {
            language: described(definition.what, {}, wording)[0]
            for language, wording in self._wordings.items()
        }

    def _wording(self, language: str) -> Wording:
        def name(code: str) -> str:
            title = self.titles.get(code)
            return f"“{getattr(title, language)}”" if title else code

        def say(message: str, /, **params: Any) -> str:
            if params.get("name") in self.titles:
                params["name"] = name(params["name"])
            return gettext(message, language, **params)

        return Wording(name=name, say=say)


def _kpi(kpi: Kpi, said: Mapping[str, Definition], words: _Words) -> Part:
    band = kpi.weight_band
    anchors = {"threshold": kpi.threshold, "target": kpi.target, "stretch": kpi.stretch}
    counted = said.get(kpi.actual) or said.get(f"{kpi.code}.actual")
    return {
        "code": kpi.code,
        "name": _both(kpi.name),
        "weight": plain_number(kpi.weight),
        "band": band and [plain_number(edge) for edge in band],
        "counted": counted and words.of(counted),
        "anchors": {
            name: _anchor(value, words) for name, value in anchors.items() if value is not None
        },
        "gate": None if kpi.gate is None else plain_number(kpi.gate),
        "points": words.of(said[f"{kpi.code}.points"]),
    }


def _anchor(value: str | Decimal, words: _Words) -> Part:
    """Return a figure, or the name of the one that each person has of their own."""
    if isinstance(value, Decimal):
        return {"figure": plain_number(value)}
    return {"of": value, "name": _both(words.titles[value])}


def _lines(
    said: Mapping[str, Definition],
    words: _Words,
    sections: tuple[str, ...],
    given: Mapping[str, list[Part]] | None = None,
) -> Iterator[Part]:
    """Give the definitions of some sections, each with what it gives where it is a rule or step."""
    for name, each in said.items():
        of_section = each.path[0] in sections and not name.startswith("team.")
        # What only repeats a rule under another name, and who is appraised at all, is no line.
        if not of_section or isinstance(each.what, Conclusion) or name == "state":
            continue
        yield {
            "code": name,
            "name": _both(each.title),
            "unit": each.unit,
            "text": words.of(each),
            "gives": (given or {}).get(name, []),
        }


def _given(policy: Policy) -> dict[str, list[Part]]:
    """Return what steps, rules and pools give, by the name of the definition that says so."""
    steps = {
        step.code: [{"kind": step.grant, "text": None, "payout": _payout(step.payout)}]
        for step in policy.steps
        if step.grant
    }
    rules = {f"rule.{rule.code}": [_action(each) for each in rule.then] for rule in policy.rules}
    pools: dict[str, list[Part]] = {
        f"pool.{pool.code}.share": [{"kind": "pool_share", "text": None, "payout": []}]
        for pool in policy.pools
    }
    found = {**steps, **rules, **pools}
    return {name: [each for each in gives if each["kind"]] for name, gives in found.items()}


def _action(action: Action) -> Part:
    return {
        "kind": action.grant,
        "text": action.text and _both(action.text),
        "payout": _payout(action.payout),
    }


def _payout(parts: tuple[Payout, ...]) -> list[Part]:
    return [
        {
            "share": plain_number(each.share),
            "after_months": each.after_months,
            "name": each.name and _both(each.name),
        }
        for each in parts
    ]


def _both(name: Bilingual) -> Said:
    return {"zh": name.zh, "en": name.en}
