"""``kaoheng demo``: an organisation to try things on."""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path

import click

from admin.cli.acting import application
from admin.cli.output import aside, printed
from engine.errors import N_
from workflows.application import Application
from workflows.base.garbage import keep_loaded
from workflows.demo.generate import SEED, generate
from workflows.demo.sign_ins import SignIns, is_empty, kept_sign_ins

_STOPS_AT = "KAOHENG_NOW=2026-01-15T18:00:00+08:00 make run"


@click.command()
@click.option("--seed", default=SEED, show_default=True, help="Another number, another company.")
@click.option(
    "--play",
    is_flag=True,
    help="Play the whole review year, so that every page has something to show: about a minute.",
)
@click.option("--if-empty", is_flag=True, help="Do nothing where the database is in use.")
@click.option(
    "--files",
    type=click.Path(file_okay=False, path_type=Path),
    help="Only write the company's export files into this folder, to try an import on.",
)
@printed("user", "role", "person", "password", "token")
def demo(seed: int, play: bool, if_empty: bool, files: Path | None) -> SignIns:
    """Load the demo organisation into an empty database and show its sign-ins.

    They are kept in demo-sign-ins.json in the home folder, which only its owner can read; once
    the demo is loaded the command shows them again and changes nothing.
    """
    if files is not None:
        generate(files, seed)
        return []
    with application() as app:
        return _sign_ins(app, seed, play, if_empty)


def _sign_ins(app: Application, seed: int, play: bool, if_empty: bool) -> SignIns:
    in_use = not is_empty(app)
    if in_use and (kept := kept_sign_ins(app)) is not None:
        return kept
    if in_use and if_empty:
        return []
    # Loading needs the evaluator and the jobs; looking at what is there should be quick.
    from workflows.demo.load import load_demo  # noqa: PLC0415

    if not play:
        return load_demo(app, seed)
    from workflows.demo.played.year import play_whole_year  # noqa: PLC0415

    keep_loaded()
    aside(N_("Playing the demo company's year: this takes a minute or two …"))
    signs_in = load_demo(app, seed, lambda stage, number: play_whole_year(stage, number, _tell))
    aside(
        N_("It stops in mid-January 2026: by today much of it is late. To stay there: {setting}."),
        setting=_STOPS_AT,
    )
    return signs_in


def _tell(day: date) -> None:
    """Say which month is played: it takes about a minute."""
    if sys.stderr.isatty():
        click.echo(f"\r{day:%Y-%m}", nl=False, err=True)


commands = [demo]
