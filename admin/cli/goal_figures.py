"""``kaoheng goals …``: sharing a goal out, and changing what came of it."""

from __future__ import annotations

from decimal import Decimal

import click

from admin.cli.goal_acting import NUMBER, REASON, TAKEN, acting
from admin.cli.output import say
from engine.errors import N_, Kind, refuse
from workflows.goals import changing, cutting
from workflows.goals.claims import METHODS, Ability
from workflows.goals.edits import Taken
from workflows.goals.last_year import last_year
from workflows.goals.reading import code_of
from workflows.goals.shape import EVEN, Months
from workflows.goals.store import Tree


@click.command("split")
@click.argument("year", type=int)
@click.argument("goal")
@click.argument("owner")
@click.option(
    "--into",
    type=click.Choice(cutting.INTO),
    default="org",
    show_default=True,
    help="What it is shared out to: units and people, product lines, or groups.",
)
@click.option(
    "--by",
    type=click.Choice(METHODS),
    default="equal",
    show_default=True,
    help="How it is shared out.",
)
@click.option("--part", "parts", multiple=True, help="LABEL[=RATIO[:REASON]] of a line or group.")
@click.option("--factor", type=NUMBER, default="1", help="加码: what is asked beyond the goal.")
@click.option("--reserve", type=NUMBER, default="0", help="预留: an amount kept back.")
@click.option("--rate", type=NUMBER, help="预留: a share kept back, as 5%.")
@click.option("--round", "unit", type=NUMBER, help="What shares are whole in.")
@click.option("--newcomer", type=NUMBER, default="1", help="The ratio of a newcomer.")
@click.option("--newcomer-months", type=int, default=6, help="Who is one: months before the year.")
@click.option("--rank", "ranks", multiple=True, help="RANK=RATIO of a rank 岗级.")
@click.option("--market", "markets", multiple=True, help="CODE=RATIO of a unit or a person.")
@click.option("--reason", default="", help="Why it is shared out like this.")
def split(year: int, goal: str, owner: str, into: str, by: str, parts: tuple[str, ...],
          factor: Decimal, reserve: Decimal, rate: Decimal | None, unit: Decimal | None,
          newcomer: Decimal, newcomer_months: int, ranks: tuple[str, ...],
          markets: tuple[str, ...], reason: str) -> None:  # fmt: skip
    """Share GOAL out at OWNER: a code, or a whole level (company, region, team, person)."""
    ability = Ability(
        newcomer_months if newcomer != 1 else 0,
        newcomer,
        _ratios(ranks, "RANK=RATIO"),
        _ratios(markets, "CODE=RATIO"),
    )
    way = cutting.Way(
        into, by, factor, unit, reserve, rate, tuple(map(_part, parts)), ability, reason
    )
    with acting(year) as of:
        tree = of.tree(goal)
        keys = _level(tree, owner) or [_node(tree, owner)]
        done = cutting.split_nodes(of.session, of.actor, of.now, tree, keys, way, today=of.today)
    say(N_("{goal}: {count} shared out."), goal=goal, count=done)


@click.command("set")
@click.argument("year", type=int)
@click.argument("goal")
@click.argument("owner")
@click.argument("amount", type=NUMBER)
@REASON
@TAKEN
def set_(year: int, goal: str, owner: str, amount: Decimal, reason: str, taken: Taken) -> None:
    """Set the AMOUNT of OWNER (a code, CODE/LINE, or #ID) by hand."""
    with acting(year) as of:
        tree = of.tree(goal)
        changing.change_amount(
            of.session, of.actor, of.now, tree, _node(tree, owner), amount, reason=reason,
            taken=taken,
        )  # fmt: skip
    say(N_("{goal}: {owner} has {amount}."), goal=goal, owner=owner, amount=f"{amount:f}")


@click.command("ratio")
@click.argument("year", type=int)
@click.argument("goal")
@click.argument("owner")
@click.argument("ratio", type=NUMBER)
@REASON
def ratio_(year: int, goal: str, owner: str, ratio: Decimal, reason: str) -> None:
    """Set the RATIO of OWNER among those beside it."""
    with acting(year) as of:
        tree = of.tree(goal)
        changing.change_ratio(
            of.session, of.actor, of.now, tree, _node(tree, owner), ratio, reason=reason
        )
    say(N_("{goal}: {owner} has the ratio {ratio}."), goal=goal, owner=owner, ratio=f"{ratio:f}")


@click.command("reserve")
@click.argument("year", type=int)
@click.argument("goal")
@click.argument("owner")
@click.argument("amount", type=NUMBER)
@click.option("--factor", type=NUMBER, help="加码: what is asked beyond the goal.")
def reserve_(year: int, goal: str, owner: str, amount: Decimal, factor: Decimal | None) -> None:
    """Set what OWNER keeps back 预留 and the factor 加码."""
    with acting(year) as of:
        tree = of.tree(goal)
        changing.change_reserve(
            of.session, of.actor, of.now, tree, _node(tree, owner), amount, factor=factor
        )
    say(N_("{goal}: {owner} keeps {amount} back."), goal=goal, owner=owner, amount=f"{amount:f}")


@click.command("curve")
@click.argument("year", type=int)
@click.argument("goal")
@click.argument("kind", type=click.Choice(["even", "seasonal", "last-year"]))
@click.argument("months", nargs=-1, type=NUMBER)
@click.option("--owner", help="Only the node with this code.")
def curve(year: int, goal: str, kind: str, months: Months, owner: str | None) -> None:
    """Spread the year over its months: even, seasonal (twelve MONTHS), or as last year's."""
    with acting(year) as of:
        tree = of.tree(goal)
        shape = EVEN if kind == "even" else months
        if kind == "last-year":
            shape = last_year(of.session, tree.goal)
        key = _node(tree, owner) if owner else None
        changing.change_shape(of.session, of.actor, of.now, tree, shape, kind=kind, key=key)
    say(N_("{goal} is spread over the year anew."), goal=goal)


def _lock(year: int, goal: str, owner: str, locked: bool) -> int:
    with acting(year) as of:
        tree = of.tree(goal)
        keys = _level(tree, owner) or [_node(tree, owner)]
        changing.lock_nodes(of.session, of.actor, of.now, tree, keys, locked=locked)
    return len(keys)


@click.command("lock")
@click.argument("year", type=int)
@click.argument("goal")
@click.argument("owner")
def lock(year: int, goal: str, owner: str) -> None:
    """Lock the figure of OWNER, or of a whole level (region, team, person)."""
    say(N_("{goal}: {count} locked."), goal=goal, count=_lock(year, goal, owner, True))


@click.command("unlock")
@click.argument("year", type=int)
@click.argument("goal")
@click.argument("owner")
def unlock(year: int, goal: str, owner: str) -> None:
    """Unlock what was locked."""
    say(N_("{goal}: {count} unlocked."), goal=goal, count=_lock(year, goal, owner, False))


def _level(tree: Tree, level: str) -> list[int]:
    return [node.key for node in tree.root.walk() if node.kind == level]


def _node(tree: Tree, owner: str) -> int:
    """Return the node that is meant by a code, by CODE/LINE, or by #ID."""
    found = [key for key, row in tree.rows.items() if owner in (code_of(row), f"#{key}")]
    if len(found) == 1:
        return found[0]
    raise refuse(
        "goals.no_node",
        N_("{owner} is not in {goal}, or is there more than once."),
        N_("See `kaoheng goals show {year} {goal}`, and write CODE/LINE or #ID."),
        kind=Kind.MISSING,
        owner=owner,
        goal=tree.goal.code,
        year=tree.goal.plan.year,
    )


def _part(text: str) -> cutting.Part:
    label, _, rest = text.partition("=")
    ratio, _, reason = rest.partition(":")
    return cutting.Part(label, _ratio(text, ratio or "1", "LABEL[=RATIO[:REASON]]"), reason)


def _ratios(texts: tuple[str, ...], form: str) -> dict[str, Decimal]:
    pairs = ((text, *text.partition("=")) for text in texts)
    return {name: _ratio(text, value, form) for text, name, _, value in pairs}


def _ratio(text: str, value: str, form: str) -> Decimal:
    """Return the number in a text; one that is not of the form is told by it."""
    try:
        return NUMBER.convert(value, None, None)
    except click.BadParameter as error:
        raise click.BadParameter(f"{text!r} is not {form}") from error


commands = [split, set_, ratio_, reserve_, curve, lock, unlock]
