"""Accounts: the list for those who may see it, and what an administrator may change."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask import abort, redirect, request, url_for
from flask_admin import expose
from sqlalchemy import ColumnElement, Select, false, select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from admin import refusals
from admin.errors import status_of
from admin.idempotency import say_once
from admin.lists.columns import Column, Filter
from admin.lists.view import ListView
from admin.preferences import translate
from admin.services import services
from admin.sign_in.current import current_actor
from admin.words import word
from admin.writing import Writing, writing
from engine.errors import N_, KaohengError, refuse
from workflows.access.actors import Actor
from workflows.access.decide import allow_everywhere, may_everywhere
from workflows.access.policy import Role
from workflows.accounts.changing import find_account, give_role, set_active, take_role
from workflows.accounts.operations import NewAccount, add_account
from workflows.accounts.tables import Account
from workflows.org.tables import Person, Unit

_STATES = {"True": "active", "False": "inactive"}
Answer = str | Response | tuple[str, int]


def _roles(account: Account) -> str:
    """Return the roles in this request's language, that of a region with its name."""
    return translate(N_(", ")).join(
        word(held.role, "roles") + (f" · {held.unit.name}" if held.unit else "")
        for held in account.roles
    )


class AccountsView(ListView):
    """Who may sign in, as what."""

    operation = "list_accounts"
    title = N_("Accounts")
    about = N_("Who may sign in, with which roles, and as whom in the organisation.")
    icon = "account"
    columns = (
        Column(
            "username", N_("User name"), lambda account: account.username, "code", Account.username
        ),
        Column("person", N_("Person"), lambda account: account.person, "person", Person.name),
        Column("roles", N_("Roles"), _roles),
        Column("state", N_("State"), lambda account: (_state(account), "accounts"), "badge"),
        Column(
            "since", N_("Since"), lambda account: account.created_at, "instant", Account.created_at
        ),
    )
    filters = (
        Filter(
            "active", N_("State"), Account.active, lambda active: word(_STATES[active], "accounts")
        ),
    )
    searched = (Account.username, Person.name, Person.code)
    default_order = (Account.username.asc(),)
    list_template = "accounts/list.html"
    details_template = "accounts/account.html"

    def visible(self, actor: Actor) -> Select[Any]:
        rows = select(Account).outerjoin(Account.person)
        return rows if may_everywhere(actor, self.operation) else rows.where(false())

    def keyed(self, key: str) -> ColumnElement[bool]:
        return Account.public_id == key

    def key(self, row: Any) -> str:
        return str(row.public_id)

    def heading(self, row: Any) -> str:
        return str(row.username)

    def details_context(self, session: Session, actor: Actor, row: Any) -> Mapping[str, Any]:
        may_change = may_everywhere(actor, "change_account")
        return {
            "may_change": may_change,
            "is_oneself": row.id == actor.account_id,
            "choices": _roles_to_give(session, row) if may_change else [],
            "lines": [],
        }

    @expose("/new", methods=["GET", "POST"])  # type: ignore[untyped-decorator]
    def new(self) -> Answer:
        """Add an account; its first password and its token are shown on the answer only."""
        allow_everywhere(current_actor(), "add_account")
        if request.method == "GET":
            return self._form(request.form)
        try:
            with writing() as act:
                made = _add(act)
        except KaohengError as error:
            return self._form(request.form, error)
        say_once()
        return str(self.render("accounts/made.html", made=made))

    @expose("/<key>/active", methods=["POST"])  # type: ignore[untyped-decorator]
    def active(self, key: str) -> Answer:
        wanted = request.form.get("active")
        if wanted not in ("yes", "no"):
            abort(400)
        return self._change(
            key,
            lambda act, account: set_active(
                act.session, act.actor, act.now, account=account, active=wanted == "yes"
            ),
        )

    @expose("/<key>/roles", methods=["POST"])  # type: ignore[untyped-decorator]
    def give(self, key: str) -> Answer:
        role, region = _choice(request.form.get("give", ""))
        return self._change(
            key,
            lambda act, account: give_role(
                act.session, act.actor, act.now, account=account, role=role, region_code=region
            ),
        )

    @expose("/<key>/roles/<int:role_id>/take", methods=["POST"])  # type: ignore[untyped-decorator]
    def take(self, key: str, role_id: int) -> Answer:
        return self._change(
            key,
            lambda act, account: take_role(
                act.session, act.actor, act.now, account=account, role_id=role_id
            ),
        )

    def _change(self, key: str, operation: Callable[[Writing, Account], None]) -> Answer:
        """Do one change and go back to the account; a refusal shows on the account's page."""
        allow_everywhere(current_actor(), "change_account")
        try:
            with writing() as act:
                account = find_account(act.session, key)
                if account is None:
                    abort(404)
                operation(act, account)
        except KaohengError as error:
            return self._refused(key, error)
        return redirect(url_for(".details", key=key), 303)

    def _refused(self, key: str, error: KaohengError) -> Answer:
        actor = current_actor()
        with services().database.read() as session:
            row = session.scalars(self.visible(actor).where(self.keyed(key))).one()
            context = {**self.details_context(session, actor, row), "lines": _said(error)}
            page = self.render(self.details_template, row=row, **context)
        return str(page), status_of(error)

    def _form(self, typed: Mapping[str, str], error: KaohengError | None = None) -> Answer:
        with services().database.read() as session:
            page = self.render(
                "accounts/new.html",
                typed=typed,
                lines=_said(error) if error else [],
                choices=_all_roles(session),
                people=session.scalars(select(Person).order_by(Person.code)).all(),
            )
        return str(page), status_of(error) if error else 200


def _state(account: Account) -> str:
    return _STATES[str(account.active)]


def _said(error: KaohengError) -> list[str]:
    return refusals.lines(error)


def _add(act: Writing) -> NewAccount:
    role, region = _choice(request.form.get("give", ""))
    return add_account(
        act.session,
        act.actor,
        act.now,
        username=request.form.get("username", "").strip(),
        role=role,
        person_code=request.form.get("person") or None,
        region_code=region,
    )


def _choice(value: str) -> tuple[Role, str | None]:
    """Read ``role`` or ``role:region``; an HR of a region is offered once a region."""
    name, _, region = value.partition(":")
    if name not in set(Role):
        raise refuse(
            "accounts.no_role", N_("No role is chosen."), N_("Choose one of the list."), value=value
        )
    return Role(name), region or None


def _all_roles(session: Session) -> list[tuple[str, str, Unit | None]]:
    """Return each choice: its value, the role's code, the region of an HR of a region."""
    regions = session.scalars(select(Unit).where(Unit.kind == "region").order_by(Unit.code)).all()
    return [
        choice
        for role in Role
        for choice in (
            [(f"{role.value}:{unit.code}", role.value, unit) for unit in regions]
            if role is Role.HR_REGION
            else [(role.value, role.value, None)]
        )
    ]


def _roles_to_give(session: Session, account: Account) -> list[tuple[str, str, Unit | None]]:
    held = {(each.role, each.unit_id) for each in account.roles}
    nobody = account.person_id is None
    return [
        (value, role, unit)
        for value, role, unit in _all_roles(session)
        if (role, unit.id if unit else None) not in held
        and not (nobody and role in (Role.MANAGER, Role.SALESPERSON))
    ]
