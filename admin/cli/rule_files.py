"""Finding and reading rule files for the command line."""

from __future__ import annotations

from pathlib import Path

from engine.errors import N_, Kind, Place, refuse
from engine.reader import MAX_BYTES
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
        # What is too large is refused by the reader; its last character may be cut here.
        return data.decode("utf-8-sig", "strict" if len(data) <= MAX_BYTES else "replace")
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
    except UnicodeDecodeError as error:
        raise refuse(
            "rules.encoding",
            N_("The file is not in UTF-8 (byte {byte})."),
            N_("Save it as UTF-8."),
            place=Place(str(path)),
            byte=error.start,
        ) from error
