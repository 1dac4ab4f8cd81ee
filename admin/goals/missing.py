"""Who has no target of a year's plan, cycle by cycle, and how they are treated."""

from __future__ import annotations

from flask import Blueprint, render_template

from admin.services import services
from admin.sign_in.current import current_actor
from workflows.access.decide import allow
from workflows.goals import plans
from workflows.goals.missing import missing_in_year

blueprint = Blueprint("goal_missing", __name__, url_prefix="/goals/<int:year>")


@blueprint.get("/missing")
def show(year: int) -> str:
    actor = current_actor()
    allow(actor, "list_targets")
    with services().database.read() as session:
        plan = plans.find_plan(session, actor, year)
        return render_template(
            "goals/missing.html",
            section_of_page="goals",
            plan=plan,
            approved=plans.approved_version(session, year),
            cycles=missing_in_year(session, actor, year),
        )
