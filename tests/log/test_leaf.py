"""The form of a leaf, which must never change."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflows.log.leaf import Leaf, Subject, from_microseconds, to_microseconds

LEAF = Leaf(
    sequence=7,
    at=1_795_283_321_000_001,
    action="review.grade",
    actor="u-31",
    subject=Subject("review", "r-9"),
    on_behalf_of="u-4",
    details={"to": "A", "from": "B", "reason_code": None, "count": 3},
    personal={"reason": "ab" * 32},
)
values = st.recursive(
    st.none()
    | st.booleans()
    | st.text(st.characters(codec="utf-8"), max_size=8)
    | st.integers(-(2**53) + 1, 2**53 - 1),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.from_regex(r"[a-z_]{1,4}", fullmatch=True), inner, max_size=3)
    ),
    max_leaves=8,
)


def test_these_bytes_are_the_form() -> None:
    assert LEAF.to_bytes() == (
        b'\x01{"action":"review.grade","actor":"u-31","at":1795283321000001,'
        b'"details":{"count":3,"from":"B","reason_code":null,"to":"A"},"on_behalf_of":"u-4",'
        b'"personal":{"reason":"' + b"ab" * 32 + b'"},"sequence":7,'
        b'"subject":{"id":"r-9","kind":"review"}}'
    )


@given(
    st.dictionaries(
        st.from_regex(r"[a-z_]{1,4}", fullmatch=True).filter(lambda k: k[0] != "_"),
        values,
        max_size=3,
    )
)
def test_a_leaf_reads_back_as_it_was(details: dict[str, Any]) -> None:
    leaf = Leaf(0, 0, "x.y", "a", Subject("k", "i"), details=details)
    assert Leaf.from_bytes(leaf.to_bytes()) == leaf


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x02" + LEAF.to_bytes()[1:],
        LEAF.to_bytes() + b" ",
        LEAF.to_bytes().replace(b'"at":', b'"at": '),
        LEAF.to_bytes().replace(b'"sequence":7,', b'"sequence":7,"sequence":7,'),
        LEAF.to_bytes().replace(b'"at":1795283321000001', b'"at":1795283321000001.0'),
        LEAF.to_bytes().replace(b'"id":"r-9",', b'"id":"r-9","more":1,'),
        b"\x01[]",
        b"\x01{}",
        b"\x01\xff",
        b"\x01" + b"[" * 100_000,
    ],
)
def test_other_bytes_are_no_leaf(data: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 (each says something else)
        Leaf.from_bytes(data)


@pytest.mark.parametrize(
    "change",
    [
        {"action": "Review Grade"},
        {"actor": ""},
        {"actor": "王 芳"},
        {"details": {"amount": 1.5}},
        {"details": {"amount": 2**53}},
        {"details": {"text": "x" * 70_000}},
        {"details": {"deep": {"金额": 1}}},
        {"details": {"half": "\ud800"}},
    ],
)
def test_what_does_not_fit_is_refused_when_written(change: dict[str, Any]) -> None:
    fields = {"sequence": 0, "at": 0, "action": "x", "actor": "a", "subject": Subject("k", "i")}
    with pytest.raises((ValueError, TypeError)):
        Leaf(**fields | change).to_bytes()


def test_time_is_whole_microseconds_of_utc() -> None:
    shanghai = timezone(timedelta(hours=8))
    at = datetime(2026, 11, 21, 8, 0, 0, 999_999, tzinfo=shanghai)
    assert to_microseconds(at) == 1_795_219_200_999_999
    assert from_microseconds(1_795_219_200_999_999) == at
    assert to_microseconds(datetime(1969, 12, 31, 23, 59, 59, tzinfo=UTC)) == -1_000_000
    with pytest.raises(ValueError, match="no zone"):
        to_microseconds(datetime(2026, 1, 1))  # noqa: DTZ001
