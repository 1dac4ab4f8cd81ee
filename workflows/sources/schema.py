"""The shape of a source file, and its reading into the model.

Every fault carries the line and column of the entry it is about; all of them are
reported together.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields, validate

from engine.errors import N_, Fault, KaohengError
from engine.reader import Path, Tree, nearest, read
from workflows.sources.build import UNITS, build
from workflows.sources.delimited import ENCODINGS
from workflows.sources.model import FieldType, Format, Source
from workflows.sources.references import reference_faults
from workflows.sources.values import share

_CODE = validate.Regexp(r"[a-z0-9][a-z0-9_-]*\Z")
_FIELD_NAME = validate.Regexp(r"[a-z][a-z0-9_]*\Z")


class _Strict(Schema):
    class Meta:
        unknown = RAISE


class _Bilingual(_Strict):
    zh = fields.String(required=True)
    en = fields.String(required=True)


class _File(_Strict):
    name = fields.String(required=True, validate=validate.Regexp(r"(?!\.)[^/\\\0]+\Z"))
    format = fields.Enum(Format, by_value=True, required=True)
    encoding = fields.String(load_default="utf-8", validate=validate.OneOf(ENCODINGS))
    delimiter = fields.String(load_default=None, validate=validate.Length(equal=1))
    sheet = fields.String(load_default=None)
    header = fields.Integer(load_default=1, validate=validate.Range(1, 1000))
    may_be_empty = fields.Boolean(load_default=False)


class _Company(_Strict):
    code = fields.String(required=True)
    name = fields.Nested(_Bilingual, required=True)


class _Organisation(_Strict):
    file = fields.String(required=True)
    company = fields.Nested(_Company, required=True)
    person = fields.String(required=True)
    person_name = fields.String(load_default=None)
    manager = fields.String(required=True)
    manager_name = fields.String(load_default=None)
    region = fields.String(required=True)
    team = fields.String(load_default=None)
    post = fields.String(load_default=None)
    rank = fields.String(load_default=None)


class _Required(fields.Field[Any]):
    """``true``, or the values of other fields at which a blank is a fault: ``{stage: [won]}``."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        if isinstance(value, Mapping):
            return fields.Dict(
                fields.String(), fields.List(fields.String(), validate=validate.Length(1))
            ).deserialize(value, attr, data, **kwargs)
        return fields.Boolean().deserialize(value, attr, data, **kwargs)


class _Share(fields.Field[Any]):
    """``100%`` or ``0.5``, or ``{column: …}`` that holds one."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        if isinstance(value, Mapping):
            return fields.Dict(
                fields.String(validate=validate.OneOf(["column"])), fields.String()
            ).deserialize(value, attr, data, **kwargs)
        found = share(str(value))
        if found is None or not 0 < found <= 1:
            raise ValidationError("Not a share.")
        return found


class _Unit(fields.Field[Decimal]):
    """A unit's name, as in 万元, or the number that it multiplies by."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Decimal:  # noqa: ARG002
        if value in UNITS:
            return UNITS[value]
        if isinstance(value, str) and value.isascii() and value.isdigit() and 0 < len(value) <= 10:
            return Decimal(value)
        raise ValidationError("Not a unit.")


class _Field(_Strict):
    column = fields.String(required=True)
    type = fields.Enum(FieldType, by_value=True, load_default=FieldType.TEXT)
    required = _Required(load_default=False)
    choices = fields.Dict(fields.String(), fields.String(), load_default=dict)
    codes = fields.Dict(fields.String(), fields.String(), load_default=dict)
    formats = fields.List(fields.String(), load_default=lambda: ["%Y-%m-%d"])
    unit = _Unit(load_default=Decimal(1))
    digits = fields.Integer(load_default=2, validate=validate.Range(0, 4))
    thousands = fields.String(load_default="", validate=validate.OneOf([",", "'", "_"]))
    minimum = fields.Decimal(load_default=None, allow_nan=False)


class _Catalogue(_Strict):
    file = fields.String(required=True)
    code = fields.String(required=True)
    name = fields.String(load_default=None)
    fields_ = fields.Dict(
        fields.String(validate=_FIELD_NAME),
        fields.Nested(_Field),
        load_default=dict,
        data_key="fields",
    )


class _Lookup(_Strict):
    of = fields.String(required=True)
    field = fields.String(required=True)


class _Credit(_Strict):
    person = fields.String(required=True)
    share = _Share(required=True)
    role = fields.String(required=True)
    optional = fields.Boolean(load_default=False)


class _Kind(_Strict):
    name = fields.Nested(_Bilingual, required=True)
    file = fields.String(required=True)
    code = fields.String(required=True)
    fields_ = fields.Dict(
        fields.String(validate=_FIELD_NAME), fields.Nested(_Field), required=True, data_key="fields"
    )
    lookups = fields.Dict(
        fields.String(validate=_FIELD_NAME), fields.Nested(_Lookup), load_default=dict
    )
    order = fields.List(
        fields.List(fields.String(), validate=validate.Length(equal=2)), load_default=list
    )
    credits = fields.List(fields.Nested(_Credit), load_default=list)
    contract = fields.String(load_default=None)


class SourceSchema(_Strict):
    """The whole file."""

    language = fields.String(required=True, validate=validate.Equal("1"))
    source = fields.String(required=True, validate=_CODE)
    name = fields.Nested(_Bilingual, required=True)
    files = fields.Dict(
        fields.String(validate=_CODE),
        fields.Nested(_File),
        required=True,
        validate=validate.Length(1),
    )
    organisation = fields.Nested(_Organisation, load_default=None)
    customers = fields.Nested(_Catalogue, load_default=None)
    products = fields.Nested(_Catalogue, load_default=None)
    records = fields.Dict(
        fields.String(validate=_FIELD_NAME), fields.Nested(_Kind), load_default=dict
    )


def read_source(text: str, file: str) -> Source:
    """Read a source file; raise KaohengError with every fault, its line and what to do."""
    tree = read(text, file)
    try:
        loaded: dict[str, Any] = SourceSchema().load(tree.root.plain())
    except ValidationError as error:
        faults = [_fault(tree, *each) for each in _flattened(error.messages, ())]
        raise KaohengError(faults) from None
    if faults := reference_faults(loaded, tree):
        raise KaohengError(faults)
    return build(loaded)


def _flattened(messages: Any, path: Path) -> Iterator[tuple[Path, str]]:
    """Give each message with the path of its entry; marshmallow nests them as the file does."""
    if isinstance(messages, Mapping):
        for key, below in messages.items():
            # A dictionary's errors stand under "key" and "value", which the file does not have.
            inner = path if key in ("key", "value", "_schema") else (*path, key)
            yield from _flattened(below, inner)
    else:
        for message in messages:
            yield path, str(message)


def _fault(tree: Tree, path: Path, message: str) -> Fault:
    name = str(path[-1]) if path else ""
    if message == "Unknown field.":
        near = nearest(name, _siblings(path)) or ", ".join(_siblings(path))
        return Fault(
            "source.unknown_key",
            N_("There is no entry “{name}” here."),
            N_("Remove it or correct its name; nearest: {near}."),
            {"name": name, "near": near},
            tree.place(path, key=True),
        )
    if message == "Missing data for required field.":
        return Fault(
            "source.missing_key",
            N_("“{name}” is missing here."),
            N_("Add it; docs/sources.md says what it means."),
            {"name": name},
            tree.place(path),
        )
    return Fault(
        "source.invalid",
        N_("“{name}” cannot be read: {reason}"),
        N_("docs/sources.md says what may stand here."),
        {"name": name, "reason": message},
        tree.place(path),
    )


def _siblings(path: Path) -> list[str]:
    """Return the entries that may stand where ``path`` does."""
    spot: Any = SourceSchema()
    for part in path[:-1]:
        spot = _entry(spot, part)
    schema = getattr(spot, "schema", spot)
    entries = getattr(schema, "fields", {})
    return [field.data_key or name for name, field in entries.items()]


def _entry(spot: Any, part: str | int) -> Any:
    """Return the part of the schema that stands under ``part``."""
    schema = getattr(spot, "schema", spot)
    if isinstance(schema, Schema):
        by_key = {field.data_key or name: field for name, field in schema.fields.items()}
        return by_key.get(str(part))
    return getattr(schema, "value_field", None) or getattr(schema, "inner", None)
