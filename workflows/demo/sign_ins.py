"""The demo's sign-ins, kept for whoever tries it out; and whether a database is still empty."""

from __future__ import annotations

import json
from pathlib import Path

from sqlalchemy import select

from workflows.application import Application
from workflows.base.files import write_private
from workflows.log.tables import LogHead

SignIns = list[dict[str, object]]  # user, role, person, password, token


def sign_ins_file(app: Application) -> Path:
    """Return where the demo's sign-ins are kept, for its owner's eyes only."""
    return app.settings.home / "demo-sign-ins.json"


def keep_sign_ins(app: Application, sign_ins: SignIns) -> None:
    """Write the sign-ins so that only the file's owner can read them."""
    text = json.dumps(sign_ins, ensure_ascii=False, indent=2)
    write_private(sign_ins_file(app), text.encode())


def kept_sign_ins(app: Application) -> SignIns | None:
    """Return the sign-ins of a demo loaded before, or None where there was none."""
    try:
        kept: SignIns = json.loads(sign_ins_file(app).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    return kept


def is_empty(app: Application) -> bool:
    """Say whether nothing has ever happened in the database: its log has no entry."""
    with app.database.read() as session:
        return not session.scalar(select(LogHead.size))
