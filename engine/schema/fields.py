"""The kinds of value that a rule file has, as marshmallow fields that read text exactly."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal as Exact
from functools import cache, lru_cache
from typing import Any, TypeVar

from marshmallow import RAISE, Schema, ValidationError, fields

from engine.errors import N_
from engine.language.expression import (
    MAX_DIGITS,
    Either,
    Every,
    Expression,
    ExpressionError,
    Not,
    number,
    parse,
)
from engine.reader import nearest
from engine.schema.said import Said, wrong

CODE = re.compile(r"[a-z][a-z0-9_]{0,59}")
UNITS = ("money", "count", "ratio", "points", "days", "number")
# Words that mean something in a formula and so cannot be names.
RESERVED = frozenset(
    {
        "and",
        "or",
        "not",
        "in",
        "total",
        "grade",
        "coefficient",
        "team",
        "person",
        "state",
        "final_grade",
        "calibrated_grade",
        "date",
        "days_in_post",
        "days_in_period",
        "days_of_person",
        "protected",
        "scenario",
        "segment",
    }
)


Read = TypeVar("Read")


class Value(fields.Field[Read]):
    """A value that is read from itself alone; ``read`` raises ValidationError."""

    def _deserialize(
        self,
        value: Any,
        attr: str | None,  # noqa: ARG002 (marshmallow's signature)
        data: Any,  # noqa: ARG002
        **kwargs: Any,  # noqa: ARG002
    ) -> Read:
        return self.read(value)

    def read(self, value: Any) -> Read:
        raise NotImplementedError


class Text(Value[str]):
    """A text; ``names`` say where what it may say is defined, for a form to pick it from."""

    def __init__(self, *names: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.names = names

    def read(self, value: Any) -> str:
        if not isinstance(value, str) or not value.strip():
            raise wrong(
                "rules.text", N_("A text is expected here."), N_("Write it after the colon.")
            )
        return value


class Code(Text):
    """A name within the file: lower-case letters, digits and _."""

    def read(self, value: Any) -> str:
        return checked_code(super().read(value))


class FieldName(Text):
    """The name of a record's field or kind."""

    def read(self, value: Any) -> str:
        word = super().read(value)
        if not CODE.fullmatch(word):
            raise wrong(
                "rules.field_name",
                N_("`{name}` cannot be the name of a field."),
                N_("Use up to 60 lower-case letters, digits and _."),
                name=word[:80],
            )
        return word


def checked_code(value: str) -> str:
    if not CODE.fullmatch(value) or value in RESERVED:
        raise wrong(
            "rules.name",
            N_("`{name}` cannot be a name."),
            N_("Use up to 60 lower-case letters, digits and _, and no word of the language."),
            at_key=True,
            name=value[:80],
        )
    return value


class Choice(Text):
    """One of a few words."""

    def __init__(self, *options: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.options = options

    def read(self, value: Any) -> str:
        word = super().read(value)
        if word not in self.options:
            raise wrong(
                "rules.choice",
                N_("`{word}` is not one of: {options}."),
                N_("Write one of them."),
                word=word[:80],
                options=", ".join(self.options),
            )
        return word


class Number(Value[Exact]):
    """An exact decimal such as 12, 1_000.50 or 40%, within bounds."""

    def __init__(
        self, least: int = -(10**15), most: int = 10**15, places: int = 10, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.least, self.most, self.places = least, most, places

    def read(self, value: Any) -> Exact:
        try:
            found = number(value) if isinstance(value, str) else None
        except ValueError:
            found = None
        if found is None:
            raise wrong(
                "rules.number",
                N_("`{value}` is not a number.")
                if isinstance(value, str)
                else N_("A number is expected here."),
                N_("Write up to {digits} digits without commas, such as 12, 1_000.50 or 40%."),
                value=str(value)[:40],
                digits=MAX_DIGITS,
            )
        exponent = found.as_tuple().exponent
        if (
            not self.least <= found <= self.most
            or not isinstance(exponent, int)
            or -exponent > self.places
        ):
            raise wrong(
                "rules.number_range",
                N_("{value} is out of range."),
                N_("Between {least} and {most}, with at most {places} decimals."),
                value=str(value)[:40],
                least=self.least,
                most=self.most,
                places=self.places,
            )
        return found


class Whole(Number):
    def __init__(self, least: int, most: int, **kwargs: Any) -> None:
        super().__init__(least, most, 0, **kwargs)

    def read(self, value: Any) -> Any:
        return int(super().read(value))


class Flag(Value[bool]):
    def read(self, value: Any) -> bool:
        if value not in ("true", "false"):
            raise wrong(
                "rules.flag",
                N_("`{value}` is neither true nor false."),
                N_("Write true or false."),
                value=str(value)[:40],
            )
        return bool(value == "true")


class Formula(Text):
    """A formula, parsed."""

    def read(self, value: Any) -> Any:
        return formula(super().read(value))


def formula(text: str) -> Expression:
    try:
        return parse(text)
    except ExpressionError as error:
        params: dict[str, Any] = dict(error.params)
        said = Said("rules.formula", error.message, error.remedy, offset=error.at, **params)
        raise ValidationError([said]) from None


class Condition(Value[Expression]):
    """A condition: one text, or ``all``/``any``/``not`` over more of them."""

    def read(self, value: Any) -> Expression:
        return condition(value)


def condition(value: Any) -> Expression:
    if isinstance(value, str):
        return formula(value)
    if isinstance(value, Mapping) and len(value) == 1:
        word, inner = next(iter(value.items()))
        if word == "not":
            return Not(_at(word, inner))
        if (
            word in {"all", "any"}
            and isinstance(inner, Sequence)
            and inner
            and not isinstance(inner, str)
        ):
            terms = tuple(_at(word, each, place) for place, each in enumerate(inner))
            if len(terms) == 1:
                return terms[0]
            return Every(terms) if word == "all" else Either(terms)
    raise wrong(
        "rules.condition",
        N_("This is not a condition."),
        N_("Write a comparison, or all: […], any: […] or not: … around more of them."),
    )


def _at(word: str, value: Any, place: int | None = None) -> Expression:
    try:
        return condition(value)
    except ValidationError as error:
        inner = error.messages if place is None else {place: error.messages}
        raise ValidationError({word: inner}) from None


class Many(Value[tuple[Any, ...]]):
    """A sequence of one kind of value, as a tuple."""

    def __init__(
        self, inner: fields.Field[Any], least: int = 1, most: int | None = None, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.inner, self.least, self.most = inner, least, most

    def read(self, value: Any) -> tuple[Any, ...]:
        if not isinstance(value, list) or len(value) < self.least:
            raise wrong(
                "rules.list",
                N_("A list is expected here."),
                N_("Write [a, b] or one `- item` a line, {least} or more."),
                least=self.least,
            )
        if self.most is not None and len(value) > self.most:
            raise wrong(
                "rules.list_length",
                N_("There are {count} here, and at most {most} count."),
                N_("Remove those that are too many."),
                count=len(value),
                most=self.most,
            )
        found, errors = [], {}
        for place, each in enumerate(value):
            try:
                found.append(self.inner.deserialize(each))
            except ValidationError as error:
                errors[place] = error.messages
        if errors:
            raise ValidationError(errors)
        return tuple(found)


@cache
def _made(schema: type[Schema]) -> Schema:
    """Make a schema once: it keeps nothing of what it loads, and making it is half of the work."""
    return schema(unknown=RAISE)


class One(Value[Any]):
    """A nested schema that makes its own model object; ``remedy`` shows how it is written."""

    remedy = N_("Write one `name: value` a line, indented.")

    def __init__(self, schema: type[Schema], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.schema = schema

    def read(self, value: Any) -> Any:
        if not isinstance(value, Mapping):
            raise wrong("rules.mapping", N_("Named entries are expected here."), self.remedy)
        return _made(self.schema).load(value)


class Entries(One):
    """Named entries of one schema, as a tuple in the file's order, each with its ``code``."""

    def read(self, value: Any) -> tuple[Any, ...]:
        if not isinstance(value, Mapping):
            return (super().read(value),)
        found, errors = [], {}
        for code, each in value.items():
            try:
                checked_code(code)
                found.append(replace(self._entry(each), code=code))
            except ValidationError as error:
                errors[code] = error.messages
        if errors:
            raise ValidationError(errors)
        return tuple(found)

    def _entry(self, value: Any) -> Any:
        if not isinstance(value, Mapping):
            return super().read(value)
        return _read_before(self.schema, json.dumps(value))


@lru_cache(4096)
def _read_before(schema: type[Schema], written: str) -> Any:
    """Return what an entry says: of a file that somebody is changing, nearly all are as before."""
    return _made(schema).load(json.loads(written))


def unknown_keys(given: Mapping[str, Any], known: Sequence[str]) -> dict[str, list[Said]]:
    """Say of every key that is not known which known one is nearest."""
    return {
        key: [
            Said(
                "rules.unknown_key",
                N_("`{key}` is not known here."),
                N_("Did you mean `{nearest}`?")
                if nearest(key, known)
                else N_("Known here: {known}."),
                at_key=True,
                key=key,
                nearest=nearest(key, known),
                known=", ".join(known),
            )
        ]
        for key in given
        if key not in known
    }
