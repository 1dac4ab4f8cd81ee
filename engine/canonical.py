"""Canonical forms: what digests are taken of, stable for ever.

A policy is canonical JSON of its model: keys sorted, no spaces, decimals and formulas as
text, what equals its default left out (so that a later language adds fields without
changing old digests), comments and layout gone. Results are one such JSON line per
person. Nothing depends on a library's own bytes.
"""

from __future__ import annotations

import hashlib
import json
import types
from dataclasses import MISSING, fields, is_dataclass
from decimal import Decimal
from functools import cache
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

import polars as pl

from engine.errors import N_, refuse
from engine.facts import SEGMENT
from engine.grants import Grant
from engine.language.expression import Expression, ExpressionError, parse
from engine.language.wording import spell
from engine.model import Bilingual, Policy
from engine.plain import dumps, plain_number

_NODES = get_args(Expression)


def canonical_text(policy: Policy) -> str:
    """Return the canonical JSON of a policy; ``from_canonical`` reads it back."""
    return dumps(_plain(policy))


def digest(policy: Policy) -> str:
    """Return the SHA-256 of the canonical form, in hex: the name of a version."""
    return hashlib.sha256(canonical_text(policy).encode()).hexdigest()


def from_canonical(text: str) -> Policy:
    """Rebuild the policy; raise KaohengError where the text is not a policy's canonical form."""
    try:
        policy = _built(Policy, json.loads(text))
    except (ValueError, KeyError, TypeError, ArithmeticError, ExpressionError) as error:
        raise refuse(
            "rules.canonical",
            N_("This is not a policy's canonical form: {why}."),
            N_("Take it from where the version was stored."),
            why=str(error),
        ) from error
    assert isinstance(policy, Policy)
    return policy


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, Decimal):
        return plain_number(value)
    if isinstance(value, tuple):
        return [_plain(each) for each in value]
    if isinstance(value, _NODES):
        return spell(value)
    if not is_dataclass(value):
        return value
    parts = ((name, getattr(value, name), usual) for name, usual in _defaults(type(value)))  # type: ignore[arg-type]
    return {name: _plain(part) for name, part, usual in parts if usual is MISSING or part != usual}


@cache
def _defaults(kind: type) -> tuple[tuple[str, Any], ...]:
    return tuple((each.name, each.default) for each in fields(kind))


@cache
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)


def _built(kind: Any, value: Any) -> Any:  # noqa: PLR0911 (one return per kind of type)
    """Build ``value`` as the annotation ``kind`` says."""
    origin, inner = get_origin(kind), get_args(kind)
    if origin in {Union, types.UnionType}:
        return _one_of(inner, value)
    if origin is Literal:
        if value not in inner:
            raise ValueError(value)
        return value
    if origin is tuple:
        if inner[-1] is Ellipsis:
            return tuple(_built(inner[0], each) for each in value)
        return tuple(_built(each, part) for each, part in zip(inner, value, strict=True))
    if is_dataclass(kind):
        if not isinstance(value, dict):
            raise TypeError(f"not named entries: {value!r}")
        hints = _hints(kind)  # type: ignore[arg-type]
        return kind(**{name: _built(hints[name], part) for name, part in value.items()})  # type: ignore[operator]
    if kind is Decimal:
        return Decimal(value)
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        raise TypeError(value)
    return value


def _one_of(kinds: tuple[Any, ...], value: Any) -> Any:
    """Choose among an optional, an expression, kinds of table, or a name that may be a figure."""
    if value is None:
        return None
    rest = [kind for kind in kinds if kind is not types.NoneType and kind not in _NODES]
    for kind in rest:
        if is_dataclass(kind) and isinstance(value, dict) and _fits(kind, value):
            return _built(kind, value)
    if isinstance(value, dict):
        raise TypeError(f"no such entries here: {sorted(value)}")
    if set(_NODES) <= set(kinds):
        return parse(value)
    if Decimal in rest and str in rest:
        return Decimal(value) if value[:1].isdigit() else value
    return _built(rest[0], value)


def _fits(kind: Any, value: dict[str, Any]) -> bool:
    """Tell the kinds of table apart: by the entries that each of them has."""
    return set(value) <= {each.name for each in fields(kind)}


def lines(frame: pl.DataFrame) -> bytes:
    """Return a frame as canonical JSON lines, by person and segment: numbers as plain text."""
    names = sorted(frame.columns)
    keys = [name for name in ("person", SEGMENT.name) if name in names]
    ordered = frame.sort(keys).select(names)
    rows = (dumps(dict(zip(names, map(_shown, row), strict=True))) for row in ordered.iter_rows())
    return "".join(f"{row}\n" for row in rows).encode()


def _shown(value: object) -> object:
    return plain_number(value) if isinstance(value, Decimal) else value


def frame(data: bytes, version: Any) -> pl.DataFrame:
    """Read lines back into a frame of the facts that ``version`` wants, and no other columns."""
    rows = [json.loads(line) for line in data.decode().splitlines()]
    found: dict[str, Any] = {}
    for want in version.facts:
        values = [row.get(want.name) for row in rows]
        if want.type == "number":
            found[want.name] = pl.Series(
                [None if each is None else Decimal(each) for each in values],
                dtype=pl.Decimal(38, 10),
            )
        else:
            found[want.name] = pl.Series(values, dtype=pl.String)
    return pl.DataFrame(found)


def grants(data: bytes) -> list[Grant]:
    """Read grants back from ``engine.grants.grant_lines``, in their order."""
    return [_grant(json.loads(line)) for line in data.decode().splitlines()]


def _grant(row: dict[str, Any]) -> Grant:
    amount = None if row["amount"] is None else Decimal(row["amount"])
    return Grant(
        row["person"],
        row["kind"],
        amount,
        row["currency"],
        row["rule"],
        Bilingual(**row["text"]),
        row.get("after_months", 0),
    )
