"""``kaoheng``: the command line. Each module of this package brings its ``commands``.

Exit codes: 0 done; 1 refused, with a line per fault; 2 wrong usage.
"""

from __future__ import annotations

import sys
from importlib import import_module
from importlib.util import find_spec
from typing import Any

import click

from admin.cli.output import language
from engine.errors import KaohengError
from workflows.base.i18n import render_all

# Which module brings which command, so that one command does not load the others' libraries.
MODULES = {
    "score": "scoring",
    "rules": "rules",
    "import": "imports",
    "user": "accounts",
    "organisation": "organisation",
    "cycle": "cycles",
    "review": "reviews",
    "actuals": "results",
    "results": "results",
    "ledger": "results",
    "targets": "results",
    "audit": "audit",
    "backup": "backups",
    "restore": "backups",
    "demo": "demo",
}


class Commands(click.Group):
    """Loads a command's module when it is asked for, and says what was refused, a line a fault."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 (click's signature)
        return [name for name in MODULES if self._find(name)]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        return self._find(cmd_name)

    def _find(self, name: str) -> click.Command | None:
        path = f"admin.cli.{MODULES.get(name, '')}"
        if name not in MODULES or find_spec(path) is None:
            return None
        module = import_module(path)
        found: list[click.Command] = module.commands
        return next((command for command in found if command.name == name), None)

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except KaohengError as error:
            for line in render_all(error, language()):
                click.echo(line, err=True)
            sys.exit(1)


@click.group(cls=Commands)
def main() -> None:
    """Kaoheng 考衡: sales performance appraisal, exact, explained and replayable."""
