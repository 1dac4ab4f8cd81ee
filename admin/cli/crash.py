"""A fault of ours on the command line: one line for the person, the traceback for the log."""

from __future__ import annotations

import sys
import traceback
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType

from admin.cli.output import language
from engine.errors import N_
from workflows.base.i18n import gettext
from workflows.base.settings import load_settings

FILE = "errors.log"


def install() -> None:
    """Take over what Python does with an exception that nobody expected."""
    sys.excepthook = _report


def _report(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    path = _write("".join(traceback.format_exception(kind, error, trace)))
    message = N_("Something went wrong inside Kaoheng; nothing was changed. Details are in {path}.")
    print(gettext(message, language(), path=path), file=sys.stderr)


def _write(text: str) -> Path:
    path = load_settings().home / FILE
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8") as file:
        file.write(f"{datetime.now(UTC).isoformat()}\n{text}\n")
    path.chmod(0o600)
    return path
