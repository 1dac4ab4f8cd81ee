"""Submissions, approvals of rules, publications from a date, consents."""

from __future__ import annotations

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    pass
