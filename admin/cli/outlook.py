"""What would change a result, as lines for a terminal."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from admin.cli.output import language
from engine.errors import N_
from engine.model import Bilingual, Policy
from engine.outlook.levers import ACTUALS, TARGETS, Lever
from engine.outlook.whatif import Change, Difference, Outlook
from engine.plain import plain_number
from workflows.base.i18n import gettext


def outlook_lines(outlook: Outlook, policy: Policy) -> Iterator[str]:
    """Give a line a change, and what was looked at without finding any."""
    if outlook.crowd is not None:
        yield _say(
            N_("Not looked for: {count} people would have to be in each trial."),
            count=outlook.crowd,
        )
        return
    if outlook.calibrated:
        yield _say(N_("The grade was calibrated: no figure moves it."))
    titles = {each.code: each.name for each in policy.measures}
    for change in outlook.changes:
        yield f"{_moved(change, titles)}: {', '.join(_effects(change, policy.currency))}"
    for lever in outlook.unmoved:
        yield _say(
            N_("{name}: nothing found from {low} to {high}."),
            name=_named(lever),
            low=_number(lever.low),
            high=_number(lever.high),
        )
    yield _say(
        N_("Each figure alone, up to {targets} times its target or {actuals} times itself."),
        targets=TARGETS,
        actuals=ACTUALS,
    )


def _moved(change: Change, titles: dict[str, Bilingual]) -> str:
    lever = change.lever
    along = ", ".join(_word(titles[name]) for name in lever.along)
    text = f"{_named(lever)} {change.by:+f} ({_number(lever.actual)} → "
    text += f"{_number(lever.actual + change.by)})"
    return f"{text} {_say(N_('with {names} as well'), names=along)}" if along else text


def _effects(change: Change, currency: str) -> Iterator[str]:
    before, after = change.before, change.after
    if before.total != after.total and before.total is not None and after.total is not None:
        risen = _signed(after.total - before.total)
        yield _say(N_("total {change}"), change=risen)
    if before.grade != after.grade:
        yield _say(N_("grade {change}"), change=f"{before.grade} → {after.grade}")
    yield from (_effect(each) for each in change.grants)
    if change.money:
        yield f"{_signed(change.money)} {currency}"


def _effect(of: Difference) -> str:
    name = _word(of.text)
    if of.before is None and of.after is True:
        return _say(N_("{name}: gained"), name=name)
    if of.after is None:
        return _say(N_("{name}: no longer"), name=name)
    return f"{name} {_number(of.before)} → {_number(of.after)}"


def _number(value: object) -> str:
    return plain_number(value) if isinstance(value, Decimal) else "–"


def _signed(value: Decimal) -> str:
    return f"{'+' if value > 0 else ''}{plain_number(value)}"


def _named(lever: Lever) -> str:
    return f"{_word(lever.title)} ({lever.name})"


def _word(name: Bilingual) -> str:
    return name.en if language() == "en" else name.zh


def _say(message: str, /, **params: object) -> str:
    return gettext(message, language(), **params)
