"""Finding and reading rule files for the command line."""

from __future__ import annotations

from pathlib import Path

from engine.errors import N_, Kind, Place, refuse
from engine.text import MAX_BYTES, decoded
from workflows.rulebook.shipped import policy_file


def policy_path(policy: str) -> Path:
    """Return the file of a policy given by name, by file or by folder."""
    path = Path(policy)
    if path.is_dir():
        return path / "policy.yaml"
    return path if path.is_file() or path.suffix else policy_file(policy)


def text_of(path: Path) -> str:
    """Read a rule file's text; raise KaohengError where there is none, or not in UTF-8."""
    try:
        with path.open("rb") as stream:
            data = stream.read(MAX_BYTES + 1)
    except OSError as error:
        raise refuse(
            "rules.no_file",
            N_("{file} cannot be read: {why}."),
            N_("Check its name and folder."),
            kind=Kind.MISSING,
            place=Place(str(path)),
            file=path.name,
            why=error.strerror or "",
        ) from error
    return decoded(data, str(path))
