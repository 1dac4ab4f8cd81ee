"""What `--help` says of every command, and how wrong usage is told to be written."""

from __future__ import annotations

import importlib
from collections.abc import Iterator

import click
import pytest
from click.testing import CliRunner

from admin.cli import MODULES, main


def every_command() -> Iterator[tuple[str, click.Command]]:
    for name, module in MODULES.items():
        for command in importlib.import_module(module).commands:
            if command.name == name:
                yield from under(name, command)


def under(path: str, command: click.Command) -> Iterator[tuple[str, click.Command]]:
    yield path, command
    if isinstance(command, click.Group):
        for name, each in command.commands.items():
            yield from under(f"{path} {name}", each)


def test_every_command_and_option_says_what_it_is_for() -> None:
    silent = [
        f"{path} {option.opts[0] if option else ''}"
        for path, command in every_command()
        for option in (None, *command.params)
        if not isinstance(option, click.Argument) and not (option or command).help
    ]
    assert silent == []


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("feedback acknowledge C P --comment 好", "Missing option '--agree'"),
        ("feedback hold C P --on 2026-02-30 --channel mail --note x", "write it as 2026-01-31"),
        ("claims propose C P=1 --reason x --answer-by 3月", "write it as 2026-01-31"),
        ("claims propose C P --reason x", "PERSON=SHARE or PERSON=SHARE@YYYY-MM-DD"),
        ("review reopen C P --reason x --approve --decline", "--approve or --decline, not both"),
        ("goals split 2026 g o --rank 专员", "'专员' is not RANK=RATIO"),
        ("goals split 2026 g o --market M1=viel", "'M1=viel' is not CODE=RATIO"),
        ("goals split 2026 g o --into line --part 软件=x", "is not LABEL[=RATIO[:REASON]]"),
    ],
)
def test_wrong_usage_is_told_how_it_is_written(words: str, told: str) -> None:
    done = CliRunner().invoke(main, words.split())
    assert done.exit_code == 2
    assert told in done.output
