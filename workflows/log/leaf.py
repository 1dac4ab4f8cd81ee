"""One entry as bytes: what the tree hashes. This form is fixed for ever.

A leaf is the version byte 0x01 and then canonical JSON (RFC 8785) in UTF-8, held to
strings, whole numbers below 2**53, true, false, null, lists and objects, so that every
language writes and reads it alike. Its members are described in docs/decisions/log.md;
what changes one day gets another version byte beside this one.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any, NamedTuple

VERSION = b"\x01"
MAX_SIZE = 65_536
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_NAME = re.compile(r"[a-z][a-z0-9_.]{0,63}")
_ID = re.compile(r"\S{1,200}")
_SAFE_INTEGER = 2**53


class Subject(NamedTuple):
    """What an entry is about: a kind (``review``) and the pseudonymous id within it."""

    kind: str
    id: str


@dataclass(frozen=True, slots=True)
class Leaf:
    """One entry. Nobody's name, figure or words may stand in it, except in ``personal`` as hashes.

    ``at`` is in microseconds since 1970, UTC; ``personal`` maps the name of a value to
    the hex SHA-256 of its salt and text.
    """

    sequence: int
    at: int
    action: str
    actor: str
    subject: Subject
    on_behalf_of: str | None = None
    details: Mapping[str, Any] = field(default_factory=dict)
    personal: Mapping[str, str] = field(default_factory=dict)

    def to_bytes(self) -> bytes:
        """Encode; ValueError or TypeError where a field does not fit the form."""
        names = [self.action, self.subject.kind, *self.details, *self.personal]
        ids = [self.actor, self.subject.id, *([self.on_behalf_of] if self.on_behalf_of else [])]
        for text, form in [*((n, _NAME) for n in names), *((i, _ID) for i in ids)]:
            if not form.fullmatch(text):
                raise ValueError(f"{text!r} does not fit {form.pattern}")
        encoded = VERSION + canonical(self._members()).encode()
        if len(encoded) > MAX_SIZE:
            raise ValueError(f"{len(encoded)} bytes: log a digest instead of the thing itself")
        return encoded

    def columns(self) -> dict[str, Any]:
        """Return what the entry's row repeats of the leaf, by column."""
        return {
            "seq": self.sequence,
            "at": from_microseconds(self.at),
            "action": self.action,
            "actor": self.actor,
            "on_behalf_of": self.on_behalf_of,
            "subject_kind": self.subject.kind,
            "subject_id": self.subject.id,
        }

    def _members(self) -> dict[str, Any]:
        members: dict[str, Any] = {
            "action": self.action,
            "actor": self.actor,
            "at": self.at,
            "details": dict(self.details),
            "personal": dict(self.personal),
            "sequence": self.sequence,
            "subject": {"id": self.subject.id, "kind": self.subject.kind},
        }
        if self.on_behalf_of is not None:
            members["on_behalf_of"] = self.on_behalf_of
        return members

    @classmethod
    def from_bytes(cls, data: bytes) -> Leaf:
        """Decode; ValueError where these are not exactly the bytes that ``to_bytes`` gives."""
        if data[:1] != VERSION:
            raise ValueError("unknown version")
        try:
            members = json.loads(data[1:].decode())
            subject = Subject(**members.pop("subject"))
            leaf = cls(subject=subject, **members)
            same = leaf.to_bytes() == data
        except (TypeError, KeyError, AttributeError, RecursionError) as error:
            raise ValueError("not a leaf") from error
        if not same:
            raise ValueError("not in canonical form")
        return leaf


def canonical(value: Any) -> str:
    """Return the canonical JSON of ``value``; TypeError or ValueError for what the form leaves out.

    Object keys must be ASCII, for which Python's order of keys is the standard's.
    """
    _check(value)
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _check(value: Any) -> None:
    if value is None or isinstance(value, bool | str):
        return
    if isinstance(value, int):
        if abs(value) >= _SAFE_INTEGER:
            raise ValueError(f"{value} does not survive every JSON reader: write it as text")
    elif isinstance(value, dict):
        for key, item in value.items():
            if not (isinstance(key, str) and key.isascii()):
                raise TypeError(f"{key!r} is not an ASCII key")
            _check(item)
    elif isinstance(value, list | tuple):
        for item in value:
            _check(item)
    else:
        raise TypeError(f"{type(value).__name__} has no canonical form: write it as text")


def salted_hash(salt: bytes, value: str) -> str:
    """Return what a leaf keeps of a personal value: hex SHA-256 of the salt and the text."""
    return sha256(salt + value.encode()).hexdigest()


def to_microseconds(at: datetime) -> int:
    """Return whole microseconds since 1970, UTC, of an aware datetime."""
    if at.tzinfo is None:
        raise ValueError("the time has no zone")
    return (at - _EPOCH) // timedelta(microseconds=1)


def from_microseconds(at: int) -> datetime:
    return _EPOCH + timedelta(microseconds=at)
