"""Source files: those that come with the product, and any other by its path."""

from __future__ import annotations

from pathlib import Path

from engine.errors import N_, Kind, Place, refuse

SHIPPED = Path(__file__).parents[2] / "rules" / "sources"
_MOST_BYTES = 4_000_000  # more than the reader takes, so that it is the one to refuse


def shipped_names() -> tuple[str, ...]:
    """Return the names of the sources that come with the product."""
    return tuple(sorted(each.stem for each in SHIPPED.glob("*.yaml")))


def shipped_source(name: str) -> tuple[str, str]:
    """Return text and file of a shipped source; never reads a path, so a client may name it."""
    if name not in shipped_names():
        raise refuse(
            "source.unknown",
            N_("There is no source of that name."),
            N_("Choose one of these: {known}."),
            kind=Kind.MISSING,
            known=", ".join(shipped_names()),
        )
    return source_text(name)


def source_text(source: str) -> tuple[str, str]:
    """Return the text of the source file at a path or of a shipped name, and its name for messages.

    Raises KaohengError where there is none, or it is not UTF-8.
    """
    path = Path(source)
    if not path.suffix and not path.exists():
        path = SHIPPED / f"{source}.yaml"
    try:
        with path.open("rb") as file:
            return file.read(_MOST_BYTES).decode("utf-8-sig"), path.name
    except OSError as error:
        known = ", ".join(shipped_names()) or "-"
        raise refuse(
            "source.no_file",
            N_("The source file {file} cannot be read: {why}."),
            N_("Give the path of a source file, or one of these names: {known}."),
            kind=Kind.MISSING,
            place=Place(str(path)),
            file=path.name,
            why=error.strerror or "",
            known=known,
        ) from error
    except UnicodeDecodeError as error:
        raise refuse(
            "source.not_utf8",
            N_("The source file is not UTF-8."),
            N_("Save it as UTF-8."),
            place=Place(str(path)),
        ) from error
