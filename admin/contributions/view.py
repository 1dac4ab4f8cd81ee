"""Contributions: claiming one's own, and confirming those of others."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from flask import redirect, request, url_for
from flask_admin import BaseView, expose
from flask_login import current_user
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from admin.errors import status_of
from admin.refusals import lines
from admin.services import services
from admin.sign_in.current import current_actor
from admin.writing import writing
from engine.errors import N_, KaohengError, Kind
from workflows.access.decide import allow, may
from workflows.contributions.claiming import (
    KINDS,
    Claim,
    answer_contribution,
    claim_contribution,
)
from workflows.contributions.reading import contributions_of, find_contribution

Page = str | Response | tuple[str, int]


class ContributionsView(BaseView):  # type: ignore[misc]  # Flask-Admin has no types
    """Help with others' deals, and sharing sessions."""

    title = N_("Contributions")
    icon = "people"

    def __init__(self, section: str) -> None:
        super().__init__(
            self.title, category=section, endpoint="contributions", url="/contributions"
        )

    def is_accessible(self) -> bool:
        return bool(current_user.is_authenticated) and may(current_actor(), "contribute")

    def _run_view(self, fn: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        # Flask-Admin's own calls the view a second time after any TypeError, hiding it.
        return fn(self, *args, **kwargs)

    @expose("/")  # type: ignore[untyped-decorator]
    def index(self) -> str:
        with services().database.read() as session:
            return self._page(session)

    @expose("/claim", methods=["POST"])  # type: ignore[untyped-decorator]
    def claim(self) -> Page:
        allow(current_actor(), "contribute")
        form = request.form
        try:
            with writing() as of:
                claim_contribution(
                    of.session,
                    of.actor,
                    of.now,
                    Claim(
                        form.get("kind", ""),
                        form.get("what", ""),
                        _day(form.get("done_on", "")),
                        form.get("deal", ""),
                        form.get("host", ""),
                    ),
                )
        except KaohengError as error:
            return self._refused(error)
        return redirect(url_for("contributions.index"), 303)

    @expose("/<key>/answer", methods=["POST"])  # type: ignore[untyped-decorator]
    def answer(self, key: str) -> Page:
        allow(current_actor(), "contribute")
        try:
            with writing() as of:
                found = find_contribution(of.session, of.actor, key)
                confirm, note = request.form.get("confirm") == "yes", request.form.get("note", "")
                answer_contribution(of.session, of.actor, of.now, found, confirm=confirm, note=note)
        except KaohengError as error:
            return self._refused(error)
        return redirect(url_for("contributions.index"), 303)

    def _refused(self, error: KaohengError) -> Page:
        if error.kind in (Kind.MISSING, Kind.DENIED):
            raise error
        with services().database.read() as session:
            return self._page(session, error), status_of(error)

    def _page(self, session: Session, error: KaohengError | None = None) -> str:
        actor = current_actor()
        return str(
            self.render(
                "contributions/list.html",
                contributions=contributions_of(session, actor),
                person_id=actor.oneself,
                kinds=KINDS,
                lines=lines(error),
                typed=request.form if error else {},
            )
        )


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
