"""``kaoheng rules history``: what a policy was since when, and the whole life of one value."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import click

from admin.cli.acting import actor, application
from admin.cli.days import DAY
from admin.cli.output import formatted, language
from engine.errors import N_, Kind, refuse
from workflows.application import Application
from workflows.base.said import said
from workflows.history.changes import Asked, Found, in_words, search
from workflows.history.life import Life, life_of
from workflows.history.publications import published


@click.command()
@click.argument("policy")
@click.option("--field", default="", help="One value, such as kpis.new_customers.weight.")
@click.option("--by", default="", help="Who wrote or published it: a user name.")
@click.option("--words", default="", help="What a change or its reason says.")
@click.option("--since", type=DAY, help="Published on this day or later.")
@click.option("--until", type=DAY, help="Published on this day or earlier.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option("--csv", "as_csv", is_flag=True, help="Print CSV.")
def history(
    policy: str,
    field: str,
    by: str,
    words: str,
    since: date | None,
    until: date | None,
    as_json: bool,
    as_csv: bool,
) -> None:
    """List what was published of POLICY, the newest first; with --field the life of that value.

    A --field with * (kpis.*.weight), a part (weight) or another option searches the changes.
    """
    searches = bool(by or words or since or until or "*" in field or "." not in field)
    with application() as app, app.database.read() as session:
        who = actor(app, session)
        if not published(session, who, policy):
            raise refuse(
                "rulebook.no_version",
                N_("There is no such version of {policy}."),
                N_("See the list of policies."),
                kind=Kind.MISSING,
                policy=policy,
            )
        if field and not searches:
            rows, columns = _lived(life_of(session, who, policy, field)), _LIFE
        else:
            asked = Asked(policy, by, field, words, _begin(app, since), _end(app, until))
            found = search(session, who, asked)
            rows, columns = [_row(each, as_json=as_json) for each in found], _HISTORY
    click.echo(formatted(rows, columns, as_json, as_csv), nl=False)


_HISTORY: tuple[str, ...] = (
    "seq", "from", "published", "publisher", "authors", "reason", "retroactive", "cycles",
    "changes", "version",
)  # fmt: skip
_LIFE: tuple[str, ...] = (
    "value", "from", "until", "seq", "published", "publisher", "authors", "reason", "cycles",
)  # fmt: skip


def _row(found: Found, *, as_json: bool) -> dict[str, object]:
    of = found.published
    changes = [
        {"field": each.field, "change": each.change, "said": in_words(each, language())}
        for each in found.changes
    ]
    return {
        "seq": of.version.seq,
        "from": of.publication.effective_on,
        "published": of.publication.published_at,
        "publisher": of.publisher,
        "authors": list(of.authors) if as_json else ", ".join(of.authors),
        "reason": of.publication.reason,
        "retroactive": of.publication.is_retroactive,
        "cycles": [each.code for each in of.cycles] if as_json else len(of.cycles),
        "changes": changes if as_json else "; ".join(each["said"] for each in changes),
        "version": of.version.digest if as_json else of.version.digest[:12],
    }


def _lived(life: Life) -> list[dict[str, object]]:
    return [
        {
            "value": None if each.shown is None else said(each.shown, language()),
            "from": each.since,
            "until": each.until,
            "seq": each.by.version.seq,
            "published": each.by.publication.published_at,
            "publisher": each.by.publisher,
            "authors": ", ".join(each.by.authors),
            "reason": each.by.publication.reason,
            "cycles": ", ".join(cycle.code for cycle in each.cycles),
        }
        for each in life.lived
    ]


def _begin(app: Application, day: date | None) -> datetime | None:
    return _midnight(app, day) if day else None


def _end(app: Application, day: date | None) -> datetime | None:
    if day is None or day == date.max:
        return None
    return _midnight(app, day + timedelta(days=1))


def _midnight(app: Application, day: date) -> datetime:
    return datetime.combine(day, time(), app.settings.timezone)


commands = [history]
