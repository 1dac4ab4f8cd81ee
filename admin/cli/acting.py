"""Who acts on the command line: the owner of the token in KAOHENG_TOKEN, and nobody else."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.orm import Session

from engine.errors import N_, Kind, refuse
from workflows.access.actors import CONSOLE, Actor
from workflows.accounts.operations import actor_of_token
from workflows.application import Application, open_application
from workflows.base.clock import today
from workflows.base.settings import load_settings
from workflows.standins.acting import acting_for_username


@contextmanager
def application() -> Iterator[Application]:
    """Open the application that the environment's settings describe."""
    opened = open_application(load_settings())
    try:
        yield opened
    finally:
        opened.close()


def actor(app: Application, session: Session, *, console: bool = False) -> Actor:
    """Return who acts; where ``console`` is set, no token means the server's own console.

    With KAOHENG_FOR they act for that user, as their stand-in. Refuses with ``DENIED`` where a
    token is needed and missing, or not known, and for whom they do not stand in today.
    """
    if app.settings.token:
        on = today(app.clock(), app.settings.timezone)
        own = actor_of_token(session, app.settings.token, on)
        whose = app.settings.acting_for
        return acting_for_username(session, own, whose, on) if whose else own
    if console:
        return CONSOLE
    raise refuse(
        "accounts.token_needed",
        N_("Nobody is acting: KAOHENG_TOKEN is not set."),
        N_("Set it to the token that `kaoheng user add` or `kaoheng demo` printed."),
        kind=Kind.DENIED,
    )
