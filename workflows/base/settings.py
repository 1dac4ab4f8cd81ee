"""Every setting, in one place, read from the environment once and checked at start.

===========================  ======================================================================
KAOHENG_HOME                 folder of the embedded database, keys and generated secrets (``var``)
KAOHENG_DATABASE_URL         SQLAlchemy URL; default ``sqlite:///<home>/kaoheng.db``
KAOHENG_SECRET_KEY           signs sessions; default: made once and kept in ``<home>/secret_key``
KAOHENG_TIMEZONE             the organisation's time zone (``Asia/Shanghai``)
KAOHENG_LANGUAGE             ``zh`` or ``en``: the command line's language, and the pages' first
KAOHENG_NOW                  a fixed ISO time with offset, for a demo or a test
KAOHENG_TOKEN                the API token of whoever acts on the command line
KAOHENG_FOR                  the user name of whom they act for there, as their stand-in
KAOHENG_MAX_FILE_BYTES       the largest file that an import reads (100 MB)
KAOHENG_LOG_ORIGIN           the name of this history in its checkpoints (``kaoheng.local/log``)
KAOHENG_APPROVALS            who must approve results: ``finance|sales_director`` (the default:
                             either), one of them, or both: ``finance,sales_director``
KAOHENG_CONSULTATION         ``advised`` (the default: a version that moves money and has no record
                             of a consultation is warned about) or ``required`` (not published)
KAOHENG_RULE_APPROVALS       who must approve rules that move money; as KAOHENG_APPROVALS
KAOHENG_PROXIES              how many reverse proxies stand in front and are believed (0)
KAOHENG_BIND                 the address that it serves on (127.0.0.1)
KAOHENG_WORKERS              processes on PostgreSQL (2); on SQLite there is one
PORT                         where ``make run`` serves (8000)
===========================  ======================================================================
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from engine.errors import N_, Fault, KaohengError, Place
from workflows.base.files import write_private

LANGUAGES = ("zh", "en")
APPROVERS = ("finance", "sales_director")
CONSULTATIONS = ("advised", "required")
# One approval, by whichever of them; roles side by side must each give one.
EITHER = ("finance|sales_director",)
_APPROVALS = "finance | sales_director | finance,sales_director | finance|sales_director (either)"

Parser = Callable[[str], object]


@dataclass(frozen=True, slots=True)
class Settings:
    """Checked settings; ``secret_key`` and ``token`` never appear in ``repr``."""

    home: Path
    database_url: URL
    timezone: ZoneInfo
    language: str
    now: datetime | None
    max_file_bytes: int
    log_origin: str
    port: int
    token: str | None = None
    acting_for: str | None = None
    proxies: int = 0
    bind: str = "127.0.0.1"
    workers: int = 2
    approvals: tuple[str, ...] = EITHER
    rule_approvals: tuple[str, ...] = EITHER
    consultation: str = CONSULTATIONS[0]

    def __repr__(self) -> str:
        """Name the database without its password."""
        return f"Settings(home={str(self.home)!r}, database_url={self.database_url!r})"

    @property
    def keys_folder(self) -> Path:
        """Where the keys are: never in the database, never in its backups."""
        return self.home / "keys"

    @property
    def templates_folder(self) -> Path:
        """Where compiled templates are."""
        return self.home / "cache" / "templates"

    def secret_key(self, environ: Mapping[str, str] = os.environ) -> str:
        """Return the session secret, making and keeping one on the first start."""
        if given := environ.get("KAOHENG_SECRET_KEY"):
            return given
        path = self.home / "secret_key"
        if not path.exists():
            write_private(path, secrets.token_urlsafe(48).encode())
        return path.read_text().strip()


def load_settings(environ: Mapping[str, str] = os.environ) -> Settings:
    """Read and check the settings; raise one ``KaohengError`` naming every wrong variable."""
    faults: list[Fault] = []
    check = partial(_checked, environ, faults)
    home = Path(environ.get("KAOHENG_HOME") or "var").absolute()
    values = {
        "database_url": check(
            "KAOHENG_DATABASE_URL",
            f"sqlite:///{home / 'kaoheng.db'}",
            _database_url,
            "sqlite:///file | postgresql+psycopg://user:password@host/name",
        ),
        "timezone": check("KAOHENG_TIMEZONE", "Asia/Shanghai", ZoneInfo, "Area/City"),
        "language": check("KAOHENG_LANGUAGE", "zh", _language, " | ".join(LANGUAGES)),
        "now": check("KAOHENG_NOW", "", _instant, "2026-01-31T09:00:00+08:00"),
        "max_file_bytes": check("KAOHENG_MAX_FILE_BYTES", str(100 * 1024**2), _positive, "bytes"),
        "port": check("PORT", "8000", _positive, "1-65535"),
        "proxies": check("KAOHENG_PROXIES", "0", _count, "0, 1, 2 …"),
        "approvals": check("KAOHENG_APPROVALS", EITHER[0], _approvers, _APPROVALS),
        "rule_approvals": check("KAOHENG_RULE_APPROVALS", EITHER[0], _approvers, _APPROVALS),
        "consultation": check(
            "KAOHENG_CONSULTATION", CONSULTATIONS[0], _consultation, " | ".join(CONSULTATIONS)
        ),
        "workers": check("KAOHENG_WORKERS", "2", _positive, "1, 2, 3 …"),
    }
    if faults:
        raise KaohengError(faults)
    return Settings(
        home=home,
        log_origin=environ.get("KAOHENG_LOG_ORIGIN") or "kaoheng.local/log",
        token=environ.get("KAOHENG_TOKEN") or None,
        acting_for=environ.get("KAOHENG_FOR") or None,
        bind=environ.get("KAOHENG_BIND") or "127.0.0.1",
        **values,  # type: ignore[arg-type]  # each parser gave the field's type
    )


def _checked(
    environ: Mapping[str, str],
    faults: list[Fault],
    name: str,
    default: str,
    parse: Parser,
    expected: str,
) -> object:
    """Return a variable as its parser reads it; add to ``faults`` what it cannot read."""
    text = environ.get(name) or default
    try:
        return parse(text)
    except (ValueError, ArgumentError, ZoneInfoNotFoundError):
        faults.append(
            Fault(
                "settings.invalid",
                N_("{value!r} is not a valid setting."),
                N_("Expected: {expected}."),
                {"value": text, "expected": expected},
                Place(path=name),
            )
        )
        return None


def _database_url(text: str) -> URL:
    url = make_url(text)
    if url.get_backend_name() == "postgresql" and url.drivername == "postgresql":
        url = url.set(drivername="postgresql+psycopg")
    if url.drivername not in ("sqlite", "postgresql+psycopg"):
        raise ValueError(text)
    return url


def _approvers(text: str) -> tuple[str, ...]:
    approvals = tuple(approval.strip() for approval in text.split(","))
    roles = [role for approval in approvals for role in approval.split("|")]
    if len(set(roles)) < len(roles) or not set(roles) <= set(APPROVERS):
        raise ValueError(text)
    return approvals


def _consultation(text: str) -> str:
    if text not in CONSULTATIONS:
        raise ValueError(text)
    return text


def _language(text: str) -> str:
    if text not in LANGUAGES:
        raise ValueError(text)
    return text


def _instant(text: str) -> datetime | None:
    if not text:
        return None
    instant = datetime.fromisoformat(text)
    if instant.tzinfo is None:
        raise ValueError(text)
    return instant


def _count(text: str) -> int:
    number = int(text)
    if number < 0:
        raise ValueError(text)
    return number


def _positive(text: str) -> int:
    number = int(text)
    if number <= 0:
        raise ValueError(text)
    return number
