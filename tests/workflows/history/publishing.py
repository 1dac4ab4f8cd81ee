"""Publications put straight into the tables: what the history is read from, without the ways."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy.orm import Session

from engine.policies import load
from tests.organisation import NOW
from tests.played import POLICY
from workflows.access.actors import Actor
from workflows.rulebook.operations import put_in_force, version_of
from workflows.rulebook.shipped import policy_file
from workflows.rulebook.tables import Publication

TEXT = policy_file(POLICY).read_text(encoding="utf-8")


def weighted(new_customers: int) -> str:
    """The shipped policy with another weight of 新客户, and the rest on 销售额达成."""
    revenue = 50 - new_customers
    return TEXT.replace("weight: 40%", f"weight: {revenue}%").replace(
        "    weight: 10%\n    score: {of: actual",
        f"    weight: {new_customers}%\n    score: {{of: actual",
    )


def publish(
    session: Session,
    text: str,
    on: date | None,
    *,
    author: Actor | None = None,
    publisher: Actor | None = None,
    reason: str = "年度调整",
    at: datetime = NOW,
) -> Publication:
    version = version_of(
        session,
        load(text, "policy.yaml"),
        text=text,
        cases=None,
        author_id=author.account_id if author else None,
        now=at,
    )
    who = publisher or Actor("nobody", ())
    return put_in_force(session, who, at, version, reason, effective_on=on)
