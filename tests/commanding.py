"""``kaoheng`` as a process of its own, over a home."""

from __future__ import annotations

from pathlib import Path

from admin.cli import main
from tests.forking import Forked


def kaoheng(home: Path, *arguments: str, **environ: str) -> str:
    """Run a command to its end; return what it printed. Fails where it did."""
    process = Forked(_command, arguments, {"KAOHENG_HOME": str(home), **environ})
    out, err = process.communicate()
    assert process.returncode == 0, err
    return out


def _command() -> None:
    main()
