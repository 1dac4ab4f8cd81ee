"""How far the copies of a policy are, team by team: who has not opened or signed yet."""

from __future__ import annotations

from datetime import datetime, time

from flask import Blueprint, Flask, abort, render_template, request
from sqlalchemy import select
from sqlalchemy.orm import Session

from admin.services import services
from admin.sign_in.current import current_actor
from engine import periods
from engine.errors import N_, Kind, refuse
from workflows.access.decide import allow
from workflows.agreements.reading import periods_followed, progress
from workflows.rulebook.tables import PolicyRow

blueprint = Blueprint("agreements_progress", __name__, url_prefix="/rulebook")


def register(app: Flask) -> None:
    app.register_blueprint(blueprint)


@blueprint.get("/<code>/agreements")
def of_policy(code: str) -> str:
    """Show a period's progress by team, by default the latest that there are copies for."""
    actor = current_actor()
    allow(actor, "follow_agreements")
    with services().database.read() as session:
        policy = _policy(session, code)
        known = periods_followed(session, actor, code)
        asked = request.args.get("period") or (known[0] if known else None)
        if asked is not None and asked not in known:
            abort(404)
        return render_template(
            "agreements/progress.html",
            section_of_page="policies",
            policy=policy,
            periods=known,
            period=asked,
            teams=progress(session, actor, code, asked, _begins(asked)) if asked else [],
        )


def _begins(period: str) -> datetime:
    """Return the moment at which a period begins in the organisation's time zone."""
    day = periods.parse(period).start
    return datetime.combine(day, time.min, services().settings.timezone)


def _policy(session: Session, code: str) -> PolicyRow:
    found = session.scalar(select(PolicyRow).where(PolicyRow.code == code))
    if found is None:
        raise refuse(
            "agreements.unknown_policy",
            N_("There is no policy {code!r}."),
            N_("See the list of policies."),
            kind=Kind.MISSING,
            code=code,
        )
    return found
