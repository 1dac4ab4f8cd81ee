"""``kaoheng rules``: the library, beginning a policy, who is under which, many changed at once."""

from __future__ import annotations

import sys
from datetime import date

import click

from admin.cli.acting import actor, application
from admin.cli.days import DAY
from admin.cli.output import language, printed, say
from engine.errors import N_
from engine.model import Bilingual
from workflows.base.clock import today
from workflows.base.i18n import gettext, render
from workflows.library.adding import add_library_kpi
from workflows.library.beginning import Wanted, begin_as_copy, begin_from_template
from workflows.library.kpis import library_kpis
from workflows.library.templates import EMPTY, templates
from workflows.rulebook.assignment import assignment
from workflows.rulebook.bulk import CHANGED, SAME, Outcome, preview, set_in_many, spots
from workflows.rulebook.reading import open_draft, version_to_read


@click.command()
@printed("kind", "code", "name", "about")
def library() -> list[dict[str, object]]:
    """List the templates and the KPIs that a policy may be begun from."""
    found: list[dict[str, object]] = [
        {
            "kind": "template",
            "code": each.code,
            "name": _said(each.policy.name),
            "about": _said(each.about),
        }
        for each in templates()
    ]
    return found + [
        {
            "kind": "kpi",
            "code": kpi.code,
            "name": _said(kpi.name),
            "about": _said(kpi.about["meaning"]),
        }
        for kpi in library_kpis()
    ]


@click.command()
@click.argument("code")
@click.option("--from", "template", help=f"A template of the library; `{EMPTY}` has no KPI.")
@click.option("--copy", "copied", help="A policy to copy, or POLICY/VERSION.")
@click.option("--zh", default="", help="Its name in Chinese.")
@click.option("--en", default="", help="Its name in English.")
@click.option("--period", default="", help="month, quarter, half or year.")
@click.option("--year", type=click.IntRange(1000, 2999), help="Of its company figures.")
@click.option("--currency", default="", help="CNY; else the template's.")
@click.option("--role", default="", help="salesperson or manager.")
@click.option("--post", "posts", multiple=True, help="A post that it is for; may be repeated.")
@click.option("--rank", "ranks", multiple=True, help="A rank 岗级; may be repeated.")
@click.option("--region", "regions", multiple=True, help="A region or team; may be repeated.")
def new(code: str, template: str | None, copied: str | None, **heads: object) -> None:
    """Begin the policy CODE as a draft, from a template or as a copy."""
    if bool(template) == bool(copied):
        raise click.UsageError("give --from or --copy")
    wanted = Wanted(code, **heads)  # type: ignore[arg-type]  # the options are its fields
    with application() as app, app.database.write() as session:
        who, now = actor(app, session), app.clock()
        if template:
            begin_from_template(session, who, now, wanted, template=template)
        else:
            policy, _, seq = (copied or "").partition("/")
            number = int(seq) if seq.isdecimal() else None
            on = today(now, app.settings.timezone)
            version = version_to_read(session, policy, number, on=on)
            begin_as_copy(session, who, now, wanted, version=version)
    say(N_("Began the draft of {policy}."), policy=code)


@click.command("add-kpi")
@click.argument("policy")
@click.argument("kpi")
@click.option("--weight", help="Such as 10%; else what the library proposes.")
def add_kpi(policy: str, kpi: str, weight: str | None) -> None:
    """Take KPI of the library into the draft of POLICY."""
    with application() as app, app.database.write() as session:
        draft = open_draft(session, policy)
        name = add_library_kpi(
            session,
            actor(app, session),
            app.clock(),
            draft,
            seen=draft.seq,
            code=kpi,
            weight=weight,
        )
    say(N_("Added {kpi} to the draft of {policy}."), kpi=name, policy=policy)


@click.command()
@click.option("--on", type=DAY, help="A day; today without it.")
@click.option("--drafts", is_flag=True, help="Take drafts as they stand instead.")
@click.option("--period", default="", help="Look at policies of this length only.")
@click.option("--all", "everybody", is_flag=True, help="Also those who are as they should be.")
@printed("person", "role", "post", "team", "state", "policies")
def coverage(
    on: date | None, drafts: bool, period: str, everybody: bool
) -> list[dict[str, object]]:
    """List who is under no policy, or under two of the same kind, on a day."""
    with application() as app, app.database.read() as session:
        day = on or app.today()
        found = assignment(session, actor(app, session), day, drafts=drafts, period=period)
        return [
            {
                "person": row.member.person.code,
                "role": row.role,
                "post": row.member.person.post,
                "team": row.member.team.code,
                "state": row.state,
                "policies": ", ".join(each.policy for each in row.policies),
            }
            for row in found.rows
            if everybody or row.state != "one"
        ]


@click.command("set")
@click.argument("path")
@click.argument("value", required=False)
@click.option("--policies", default="", help="Their codes with commas; else all that have it.")
@click.option("--dry-run", is_flag=True, help="Say what it would do, and do nothing.")
@click.option("--faulty", is_flag=True, help="Make drafts that would have faults too.")
@click.option("--take-over", is_flag=True, help="Take the results over into the cases.")
@printed("policy", "before", "after", "state", "why")
def set_(
    path: str, value: str | None, policies: str, dry_run: bool, faulty: bool, take_over: bool
) -> list[dict[str, object]]:
    """Write VALUE at PATH (constants.bonus_base.value) into a draft of each policy.

    Without VALUE it says what each policy has there.
    """
    with application() as app, app.database.write() as session:
        who = actor(app, session)
        there = next((each.values for each in spots(session, who) if each.name == path), {})
        chosen = [each.strip() for each in policies.split(",") if each.strip()] or list(there)
        if value is None:
            return [{"policy": code, "before": there.get(code)} for code in chosen]
        values = dict.fromkeys(chosen, value)
        if dry_run:
            return [_row(each) for each in preview(session, who, path, values)]
        done = set_in_many(
            session, who, app.clock(), path, values, faulty=faulty, take_over=take_over
        )
    rows = [_row(each) for each in done]
    if any(each.state not in {CHANGED, SAME} for each in done):
        sys.stderr.write(gettext(N_("Some policies were left as they are."), language()) + "\n")
    return rows


def _row(outcome: Outcome) -> dict[str, object]:
    return {
        "policy": outcome.standing.code,
        "before": outcome.before,
        "after": outcome.after,
        "state": outcome.state,
        "why": " ".join(render(fault, language()) for fault in outcome.faults),
    }


def _said(value: Bilingual) -> str:
    return str(getattr(value, language()))


commands = [library, new, add_kpi, coverage, set_]
