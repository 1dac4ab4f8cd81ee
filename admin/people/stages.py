"""What the templates show of a stage: what its policy calls it, its tone, its last day."""

from __future__ import annotations

from datetime import datetime, timedelta

from flask import Flask
from jinja2 import pass_context
from jinja2.runtime import Context

from admin.formats import day_at, in_language
from admin.preferences import language, translate
from admin.services import services
from admin.words import tone, word
from engine.errors import N_
from engine.stages import purpose_of
from workflows.cycles.pinned import pinned_policy
from workflows.cycles.tables import Cycle
from workflows.reviews.movers import Standing
from workflows.stages import naming

_COLOURS = 9
# A deadline is the first moment after its day.
_BEFORE = timedelta(microseconds=1)


def register(app: Flask) -> None:
    app.jinja_env.filters.update(
        cycle_name=cycle_name,
        stage_name=_name_here,
        stage_tone=stage_tone,
        stage_place=stage_place,
        due_day=due_day,
        mover_names=mover_names,
    )
    app.jinja_env.globals.update(is_past=is_past)


@pass_context
def _name_here(_context: Context, stage: str, cycle: Cycle) -> str:
    return stage_name(stage, cycle)


def stage_name(stage: str, cycle: Cycle) -> str:
    """Return what the cycle's policy calls a stage, in this request's language."""
    return str(getattr(naming.stage_name(cycle, stage), language()))


def cycle_name(cycle: Cycle) -> str:
    """Return what people call a cycle, in this request's language."""
    return in_language(naming.cycle_name(cycle))


def stage_tone(stage: str, cycle: Cycle) -> str:
    """Return the tone of a stage's badge: that of what it is for."""
    return tone(purpose_of(pinned_policy(cycle), stage) or stage, "stages")


def stage_place(stage: str, cycle: Cycle) -> int:
    """Return the number of a stage's colour, from 1, by its place in the policy."""
    workflow = pinned_policy(cycle).workflow
    stages = workflow.stages if workflow else ()
    return stages.index(stage) % _COLOURS + 1 if stage in stages else 1


def mover_names(standing: Standing) -> str:
    """Return for whom a review waits: people by name, else what their role is called."""
    comma = translate(N_(", "))
    return comma.join(
        each.person.name if each.person else word(each.role, "roles") for each in standing.movers
    )


def due_day(due: datetime) -> str:
    """Return the last day of something that is due at the end of it."""
    return day_at(due - _BEFORE)


def is_past(moment: datetime) -> bool:
    return moment <= services().clock()
