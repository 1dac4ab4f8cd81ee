"""``kaoheng rules`` on the rulebook: its versions, what differs, drafting."""

from __future__ import annotations

from pathlib import Path

import click

from admin.cli.acting import actor, application
from admin.cli.output import language, printed, say
from admin.cli.rule_files import text_of
from engine.canonical import from_canonical
from engine.errors import N_, Kind, Place, refuse
from engine.model import Bilingual
from engine.telling.difference import Difference, differences
from engine.telling.terms import Term
from workflows.access.decide import allow_everywhere
from workflows.base.i18n import gettext
from workflows.rulebook.drafts import draft_file
from workflows.rulebook.reading import find_version, version_rows


@click.command("list")
@printed("policy", "seq", "state", "effective", "published", "reason", "version")
def list_() -> list[dict[str, object]]:
    """List the versions of all policies, the newest of each first."""
    with application() as app, app.database.read() as session:
        return version_rows(session, actor(app, session), app.today())


@click.command()
@click.argument("before")
@click.argument("after")
@printed("change", "of", "part", "before", "after")
def diff(before: str, after: str) -> list[dict[str, object]]:
    """Say what differs from version BEFORE to version AFTER (their digests, or how they begin)."""
    with application() as app, app.database.read() as session:
        allow_everywhere(actor(app, session), "list_policies")
        old, new = (
            from_canonical(find_version(session, digest).canonical) for digest in (before, after)
        )
    return [_row(each) for each in differences(old, new)]


@click.command()
@click.argument("policy")
@click.argument("file", type=click.Path(path_type=Path))
def draft(policy: str, file: Path) -> None:
    """Take FILE (and the cases.yaml beside it) as the draft of POLICY, if it has no fault."""
    text = text_of(file)
    beside = file.with_name("cases.yaml")
    cases = text_of(beside) if beside.is_file() else None
    with application() as app, app.database.write() as session:
        made = draft_file(
            session, actor(app, session), app.clock(), text=text, cases=cases, file=str(file)
        )
        code, edit = made.policy.code, made.seq
        if code != policy:
            raise refuse(
                "rulebook.other_policy",
                N_("The file is of the policy {found}, not of {policy}."),
                N_("Name the policy that the file names, or correct its `policy:` line."),
                kind=Kind.INVALID,
                place=Place(str(file)),
                found=code,
                policy=policy,
            )
    say(N_("Saved edit {edit} of the draft of {policy}."), edit=edit, policy=code)


def _row(difference: Difference) -> dict[str, object]:
    of = [_said(difference.section), _said(difference.name or difference.code)]
    return {
        "change": difference.change,
        "of": " ".join(each for each in of if each),
        "part": " ".join(_said(part) for part in difference.parts),
        "before": _said(difference.before),
        "after": _said(difference.after),
    }


def _said(value: Bilingual | Term | str | None) -> str:
    if isinstance(value, Term):
        return gettext(value.message, language(), **value.params)
    return str(getattr(value, language())) if isinstance(value, Bilingual) else value or ""


commands = [list_, diff, draft]
