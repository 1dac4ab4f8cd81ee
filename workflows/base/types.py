"""Column types that keep numbers exact and times unambiguous on both databases."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import BigInteger, DateTime, Integer
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

# SQLite numbers rows without reuse only for INTEGER PRIMARY KEY AUTOINCREMENT.
Key = BigInteger().with_variant(Integer, "sqlite")


class Scaled(TypeDecorator[Decimal]):
    """A ``Decimal`` with ``scale`` places, stored as a 64-bit integer.

    More places than that, or more than 64 bits, raise ``ValueError``: a number is never
    rounded on its way into the database.
    """

    impl = BigInteger
    cache_ok = True

    def __init__(self, scale: int) -> None:
        super().__init__()
        self.scale = scale

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> int | None:  # noqa: ARG002
        if value is None:
            return None
        scaled = value.scaleb(self.scale)
        if scaled != scaled.to_integral_value() or abs(scaled) >= 2**63:
            raise ValueError(f"{value} does not fit {self.scale} decimal places in 64 bits")
        return int(scaled)

    def process_result_value(self, value: Any, dialect: Dialect) -> Decimal | None:  # noqa: ARG002
        return None if value is None else Decimal(value).scaleb(-self.scale)


class Instant(TypeDecorator[datetime]):
    """A timezone-aware time, kept and returned in UTC; a naive one raises ``ValueError``."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value} has no time zone")
        instant = value.astimezone(UTC)
        return instant.replace(tzinfo=None) if dialect.name == "sqlite" else instant

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
