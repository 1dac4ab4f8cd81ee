"""An explanation as text for a terminal, or as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from decimal import Decimal

from admin.cli.outlook import outlook_lines
from admin.cli.output import language, table_text
from admin.spreadsheet import worded
from engine.errors import N_
from engine.model import Bilingual, Policy
from engine.outlook.whatif import Outlook
from engine.plain import plain_number
from engine.telling.explain import Check, Decision, Explanation, Group
from engine.telling.shortfall import Shortfall
from workflows.base.i18n import gettext

_KINDS = {
    "measure": N_("counted from records"),
    "target": N_("a target"),
    "input": N_("a figure beside the records"),
    "rating": N_("a rating"),
    "given": "",
}


def explained(
    explanation: Explanation, outlook: Outlook, policy: Policy, as_json: bool = False
) -> str:
    """Return the explanation of one person, from the facts to the grants and what changes them."""
    if as_json:
        found = asdict(explanation) | {"outlook": asdict(outlook)}
        return json.dumps(found, ensure_ascii=False, indent=2, default=_plain) + "\n"
    facts = [
        {
            "1": _named(each.title),
            "2": each.name,
            "3": worded(each.value),
            "4": _word(_KINDS[each.kind]),
        }
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
            _part(N_("Facts"), facts, "1234"),
            _part(N_("Step by step"), steps, "1234"),
            _word(N_("Rules")) + "\n",
            *(_decision(each) for each in explanation.decisions),
            "\n",
            _part(N_("Grants"), given, "12345"),
            _word(N_("What would change it")) + "\n",
            *(f"  {line}\n" for line in outlook_lines(outlook, policy)),
        ]
    )


def _part(title: str, rows: list[dict[str, str]], columns: str) -> str:
    text = table_text(rows, list(columns)).split("\n", 1)[1] if rows else ""
    return f"{_word(title)}\n" + "".join(f"  {line}\n" for line in text.splitlines()) + "\n"


def _decision(decision: Decision) -> str:
    held = _word(N_("holds")) if decision.holds else _word(N_("does not hold"))
    head = f"  {_named(decision.title)} ({decision.rule}): {held}\n"
    return head + "".join(f"    {line}\n" for line in _asked(decision.asks))


def _asked(asked: Check | Group) -> Iterator[str]:
    mark = "✓" if asked.holds else "✗"
    if isinstance(asked, Check):
        yield f"{mark} {asked.condition}  [{asked.filled}]{_short(asked.short)}"
        return
    word = N_("all of these") if asked.word == "all" else N_("any of these")
    yield f"{mark} {_word(word)}"
    for part in asked.parts:
        yield from (f"  {line}" for line in _asked(part))


def _short(short: Shortfall) -> str:
    if short.amount:
        amount = plain_number(short.amount)
        return f"  {gettext(N_('short by {amount}'), language(), amount=amount)}"
    if short.grades is None:
        return ""
    away = gettext(N_("grades away: {count}"), language(), count=short.grades)
    if short.points is not None:
        points = plain_number(short.points)
        away += gettext(N_(", points: {points}"), language(), points=points)
    return f"  {away}"


def _word(message: str) -> str:
    return gettext(message, language())


def _named(name: Bilingual) -> str:
    return name.en if language() == "en" else name.zh


def _plain(value: object) -> str:
    return plain_number(value) if isinstance(value, Decimal) else str(value)
