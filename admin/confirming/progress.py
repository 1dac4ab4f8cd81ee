"""Who has confirmed their records in a cycle, who disputes them, and who has not answered."""

from __future__ import annotations

from flask import Blueprint, Flask, render_template

from admin.services import services
from admin.sign_in.current import current_actor
from workflows.access.decide import allow
from workflows.confirming.reading import followed
from workflows.confirming.standing import STATES
from workflows.cycles.operations import find_cycle

blueprint = Blueprint("confirmations", __name__, url_prefix="/confirmations")


def register(app: Flask) -> None:
    app.register_blueprint(blueprint)


@blueprint.get("/<code>")
def of_cycle(code: str) -> str:
    """Show where everybody stands whom the reader may follow."""
    actor = current_actor()
    allow(actor, "follow_confirmations")
    with services().database.read() as session:
        cycle = find_cycle(session, code)
        found = followed(session, actor, cycle)
        return render_template(
            "confirming/progress.html",
            section_of_page="cycles",
            row=cycle,
            found=found,
            states=STATES,
            counts={state: sum(each.standing.state == state for each in found) for state in STATES},
        )
