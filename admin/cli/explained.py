"""An explanation as text for a terminal, or as JSON."""

from __future__ import annotations

import json
from dataclasses import asdict
from decimal import Decimal

from admin.cli.output import language, table_text
from admin.spreadsheet import worded
from engine.errors import N_
from engine.explain import Decision, Explanation
from engine.model import Bilingual
from engine.plain import plain_number
from workflows.base.i18n import gettext


def explained(explanation: Explanation, as_json: bool = False) -> str:
    """Return the explanation of one person, from the grants' sums back to the facts."""
    if as_json:
        return json.dumps(asdict(explanation), ensure_ascii=False, indent=2, default=_plain) + "\n"
    facts = [
        {"1": _named(each.title), "2": each.name, "3": worded(each.value)}
        for each in explanation.sources
    ]
    steps = [
        {
            "1": _named(each.title),
            "2": worded(each.value),
            "3": f"= {each.filled}",
            "4": f"{each.name} = {each.formula}",
        }
        for each in explanation.steps
    ]
    given = [
        {
            "1": grant.kind,
            "2": worded(grant.amount),
            "3": grant.currency or "",
            "4": _named(grant.text),
            "5": grant.rule,
        }
        for grant in explanation.grants
    ]
    return "".join(
        [
            f"{explanation.person}\n\n",
            _part(N_("Facts"), facts, "123"),
            _part(N_("Step by step"), steps, "1234"),
            _word(N_("Rules")) + "\n",
            *(_decision(each) for each in explanation.decisions),
            "\n",
            _part(N_("Grants"), given, "12345"),
        ]
    )


def _part(title: str, rows: list[dict[str, str]], columns: str) -> str:
    text = table_text(rows, list(columns)).split("\n", 1)[1] if rows else ""
    return f"{_word(title)}\n" + "".join(f"  {line}\n" for line in text.splitlines()) + "\n"


def _decision(decision: Decision) -> str:
    held = _word(N_("holds")) if decision.holds else _word(N_("does not hold"))
    lines = [f"  {_named(decision.title)} ({decision.rule}): {held}\n"]
    for check in decision.checks:
        mark = "✓" if check.holds else "✗"
        short = "" if check.short is None else f"  {_word(N_('by'))} {plain_number(check.short)}"
        lines.append(f"    {mark} {check.condition}  [{check.filled}]{short}\n")
    return "".join(lines)


def _word(message: str) -> str:
    return gettext(message, language())


def _named(name: Bilingual) -> str:
    return name.en if language() == "en" else name.zh


def _plain(value: object) -> str:
    return plain_number(value) if isinstance(value, Decimal) else str(value)
