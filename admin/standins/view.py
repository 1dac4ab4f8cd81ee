"""Stand-ins: who acts for whom, naming one, and switching to act for somebody."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from flask import redirect, request, url_for
from flask import session as browser
from flask_admin import BaseView, expose
from flask_login import current_user
from werkzeug.wrappers import Response

from admin.errors import status_of
from admin.people.review import today
from admin.refusals import lines
from admin.services import services
from admin.sign_in.accounts import ACTING
from admin.sign_in.current import current_actor
from admin.writing import writing
from engine.errors import N_, KaohengError, Kind
from workflows.access.decide import allow, denied, may, may_everywhere
from workflows.accounts.tables import Account
from workflows.standins.acting import acting_for
from workflows.standins.operations import (
    Naming,
    find_account,
    find_stand_in,
    name_stand_in,
    revoke_stand_in,
)
from workflows.standins.reading import stand_ins, state_of, waits_on_behalf

Page = str | Response | tuple[str, int]


class StandInsView(BaseView):  # type: ignore[misc]  # Flask-Admin has no types
    """Who stands in for whom, from when to when, and why."""

    title = N_("Stand-ins")
    icon = "people"

    def __init__(self, section: str) -> None:
        super().__init__(self.title, category=section, endpoint="standins", url="/stand-ins")

    def is_accessible(self) -> bool:
        return bool(current_user.is_authenticated)

    def _run_view(self, fn: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        # Flask-Admin's own calls the view a second time after any TypeError, hiding it.
        return fn(self, *args, **kwargs)

    @expose("/")  # type: ignore[untyped-decorator]
    def index(self) -> Page:
        return self._page()

    @expose("/", methods=["POST"])  # type: ignore[untyped-decorator]
    def name_one(self) -> Page:
        """Name a stand-in for oneself, or as HR for somebody."""
        allow(current_actor(), "name_stand_in")
        form = request.form
        try:
            naming = Naming(_day("first_day"), _day("last_day"), form.get("reason", ""))
            with writing() as of:
                whose = form.get("principal", "").strip()
                principal = (
                    find_account(of.session, whose)
                    if whose
                    else of.session.get_one(Account, of.actor.account_id)
                )
                name_stand_in(
                    of.session,
                    of.actor,
                    of.now,
                    principal=principal,
                    stand_in=find_account(of.session, form.get("stand_in", "")),
                    naming=naming,
                    today=today(),
                )
        except KaohengError as error:
            if error.kind is Kind.DENIED:
                raise
            return self._page(error), status_of(error)
        return redirect(url_for("standins.index"), 303)

    @expose("/<key>/revoke", methods=["POST"])  # type: ignore[untyped-decorator]
    def revoke(self, key: str) -> Page:
        """End a stand-in now."""
        with writing() as of:
            found = find_stand_in(of.session, of.actor, key)
            revoke_stand_in(of.session, of.actor, of.now, found)
        return redirect(url_for("standins.index"), 303)

    @expose("/act", methods=["POST"])  # type: ignore[untyped-decorator]
    def act(self) -> Page:
        """Act for somebody from now on, or for oneself again; each request asks anew."""
        key = request.form.get("for", "")
        browser.pop(ACTING, None)
        if key:
            with services().database.read() as session:
                if acting_for(session, current_user.own, key, today()) is None:
                    raise denied("act_for")
            browser[ACTING] = key
        return redirect(url_for("home.index"), 303)

    def _page(self, error: KaohengError | None = None) -> str:
        actor, day = current_actor(), today()
        with services().database.read() as session:
            return str(
                self.render(
                    "standins/index.html",
                    named=[(each, state_of(each, day)) for each in stand_ins(session, actor)],
                    waiting=waits_on_behalf(session, actor, services().clock(), day),
                    own_account=actor.account_id,
                    may_name=may(actor, "name_stand_in") and actor.on_behalf_of is None,
                    may_name_all=may_everywhere(actor, "name_stand_in"),
                    today=day,
                    lines=lines(error),
                    typed=request.form if error else {},
                )
            )


def _day(name: str) -> date | None:
    try:
        return date.fromisoformat(request.form.get(name, ""))
    except ValueError:
        return None
