"""What one part of a source file says of another: files, fields and dates that must exist."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any

from engine.errors import N_, Fault
from engine.reader import Path, Tree, nearest
from workflows.sources.model import FieldType

_CATALOGUES = {FieldType.CUSTOMER: "customers", FieldType.PRODUCT: "products"}
_A_DAY = date(2017, 3, 21)  # its day, month and year cannot be mistaken for each other


def reference_faults(loaded: Mapping[str, Any], tree: Tree) -> list[Fault]:
    """Return every name that does not exist, and every date format that is not one."""
    found = [*_files(loaded, tree), *_columns(loaded, tree)]
    for kind, entry in loaded["records"].items():
        path = ("records", kind)
        found += _required(tree, (*path, "fields"), entry["fields_"])
        found += _lookups(loaded, tree, path, entry)
        found += _order(tree, path, entry)
        if entry["contract"] is not None and entry["contract"] not in entry["fields_"]:
            found.append(_no_such(tree, (*path, "contract"), entry["contract"], entry["fields_"]))
    return found


def _files(loaded: Mapping[str, Any], tree: Tree) -> Iterator[Fault]:
    parts: dict[Path, Any] = {
        (name,): loaded[name] for name in ("organisation", "customers", "products") if loaded[name]
    }
    parts |= {("records", kind): entry for kind, entry in loaded["records"].items()}
    for path, entry in parts.items():
        if entry["file"] not in loaded["files"]:
            yield _no_such(tree, (*path, "file"), entry["file"], loaded["files"])


def _columns(loaded: Mapping[str, Any], tree: Tree) -> Iterator[Fault]:
    """Look at each field by itself."""
    for path, fields in _field_lists(loaded):
        for name, field in fields.items():
            here = (*path, name)
            if (field["type"] is FieldType.CHOICE) != bool(field["choices"]):
                yield _fault(
                    tree,
                    here,
                    "source.choices",
                    N_("“{name}” must have choices if its type is choice, and only then."),
                    N_("Write choices: {{spelling in the file: value}}."),
                    name=name,
                )
            for index, pattern in enumerate(field["formats"]):
                if not _names_a_day(pattern):
                    yield _fault(
                        tree,
                        (*here, "formats", index),
                        "source.date_format",
                        N_("“{pattern}” does not name a day."),
                        N_("Use %Y, %m and %d with what stands between them, as in %Y-%m-%d."),
                        pattern=pattern,
                    )


def _field_lists(loaded: Mapping[str, Any]) -> Iterator[tuple[Path, Mapping[str, Any]]]:
    for name in ("customers", "products"):
        if loaded[name]:
            yield (name, "fields"), loaded[name]["fields_"]
    for kind, entry in loaded["records"].items():
        yield ("records", kind, "fields"), entry["fields_"]


def _names_a_day(pattern: str) -> bool:
    try:
        read = datetime.strptime(_A_DAY.strftime(pattern), pattern)  # noqa: DTZ007 (a day)
    except ValueError:
        return False
    return read.date() == _A_DAY


def _required(tree: Tree, path: Path, fields: Mapping[str, Any]) -> Iterator[Fault]:
    for name, field in fields.items():
        if isinstance(field["required"], Mapping):
            for other in field["required"]:
                if other not in fields:
                    yield _no_such(tree, (*path, name, "required", other), other, fields)


def _lookups(
    loaded: Mapping[str, Any], tree: Tree, path: Path, entry: Mapping[str, Any]
) -> Iterator[Fault]:
    for name, lookup in entry["lookups"].items():
        here = (*path, "lookups", name)
        by = entry["fields_"].get(lookup["of"])
        section = _CATALOGUES.get(by["type"]) if by else None
        if section is None:
            known = [
                each for each, field in entry["fields_"].items() if field["type"] in _CATALOGUES
            ]
            yield _no_such(tree, (*here, "of"), lookup["of"], known)
        elif loaded[section] and lookup["field"] not in loaded[section]["fields_"]:
            known = list(loaded[section]["fields_"])
            yield _no_such(tree, (*here, "field"), lookup["field"], known)


def _order(tree: Tree, path: Path, entry: Mapping[str, Any]) -> Iterator[Fault]:
    dates = [each for each, field in entry["fields_"].items() if field["type"] is FieldType.DATE]
    for index, pair in enumerate(entry["order"]):
        for place, name in enumerate(pair):
            if name not in dates:
                yield _no_such(tree, (*path, "order", index, place), name, dates)


def _no_such(tree: Tree, path: Path, name: str, known: Any) -> Fault:
    return _fault(
        tree,
        path,
        "source.unknown_name",
        N_("There is no “{name}” to refer to here."),
        N_("Correct the name; nearest: {near}."),
        name=name,
        near=nearest(name, known) or ", ".join(known) or "-",
    )


def _fault(tree: Tree, path: Path, code: str, message: str, remedy: str, **params: str) -> Fault:
    return Fault(code, message, remedy, params, tree.place(path))
