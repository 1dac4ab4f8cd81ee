"""The command line: ``kaoheng``. Exit 0: done; 1: refused, with every reason; 2: wrong usage."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import click
from sqlalchemy.exc import OperationalError

from admin.cli import crash
from admin.cli.output import complain
from engine.errors import N_, KaohengError, Kind, Place, refuse

# Each command's module is loaded when the command is asked for: most need neither the
# evaluator nor the jobs, and starting should be quick.
MODULES: Mapping[str, str] = MappingProxyType(
    {
        "score": "admin.cli.scoring",
        "rules": "admin.cli.rules",
        "import": "admin.cli.imports",
        "org": "admin.cli.organisation",
        "stand-in": "admin.cli.stand_ins",
        "cycle": "admin.cli.cycles",
        "review": "admin.cli.reviews",
        "calibration": "admin.cli.calibration",
        "actuals": "admin.cli.results",
        "results": "admin.cli.results",
        "ledger": "admin.cli.results",
        "targets": "admin.cli.results",
        "goals": "admin.cli.goals",
        "figures": "admin.cli.figures",
        "proposals": "admin.cli.proposals",
        "confirm": "admin.cli.confirming",
        "claims": "admin.cli.confirming",
        "report-on-duty": "admin.cli.self_reports",
        "ratings": "admin.cli.ratings",
        "meetings": "admin.cli.meetings",
        "contributions": "admin.cli.contributions",
        "report": "admin.cli.reporting",
        "sample": "admin.cli.samples",
        "agreements": "admin.cli.agreements",
        "consent": "admin.cli.consents",
        "calendar": "admin.cli.calendar",
        "timers": "admin.cli.timers",
        "notices": "admin.cli.notices",
        "checkin": "admin.cli.tracking",
        "alerts": "admin.cli.tracking",
        "plan": "admin.cli.plans",
        "career": "admin.cli.plans",
        "programme": "admin.cli.programme",
        "feedback": "admin.cli.feedback",
        "appeal": "admin.cli.appeals",
        "user": "admin.cli.accounts",
        "audit": "admin.cli.audit",
        "backup": "admin.cli.backups",
        "restore": "admin.cli.backups",
        "demo": "admin.cli.demo",
    }
)


class Commands(click.Group):
    """Loads a command when it is needed, and turns refusals into lines and an exit code."""

    def list_commands(self, _context: click.Context) -> list[str]:
        return list(MODULES)

    def get_command(self, _context: click.Context, name: str) -> click.Command | None:
        if name not in MODULES:
            return None
        commands: list[click.Command] = importlib.import_module(MODULES[name]).commands
        return next(command for command in commands if command.name == name)

    def main(self, *args: Any, **kwargs: Any) -> Any:
        crash.install()
        return super().main(*args, **kwargs)

    def invoke(self, context: click.Context) -> Any:
        try:
            return super().invoke(context)
        except KaohengError as error:
            complain(error)
        except OperationalError as error:
            complain(_no_database(error))
        except OSError as error:
            complain(_no_file(error))
        sys.exit(1)


@click.command(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Kaoheng 考衡: sales performance appraisal, exact, explained and replayable."""


def _no_database(error: OperationalError) -> KaohengError:
    return refuse(
        "database.unreachable",
        N_("The database does not answer: {why}."),
        N_("Check KAOHENG_DATABASE_URL and that the database is running."),
        kind=Kind.CONFLICT,
        why=str(error.orig).strip().splitlines()[0],
    )


def _no_file(error: OSError) -> KaohengError:
    return refuse(
        "files.failed",
        N_("{why}."),
        N_("Check the path and that you may read or write it."),
        place=Place(file=str(error.filename) if error.filename else None),
        why=error.strerror or str(error),
    )
