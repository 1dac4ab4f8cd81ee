"""The log: everything that was done, by whom, to what."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from flask import Response, abort, render_template, request
from flask_admin import expose
from sqlalchemy import ColumnElement, Select, false, select
from sqlalchemy.orm import Session

from admin.lists.columns import AccountFilter, Column, DayFilter, Filter
from admin.lists.subjects import about, names_of
from admin.lists.view import ListView
from admin.preferences import translate
from admin.services import services
from admin.sign_in.current import current_actor
from admin.words import by_for, word
from engine.errors import N_
from workflows.access.actors import SYSTEM, Actor
from workflows.access.decide import may_everywhere
from workflows.accounts.tables import Account
from workflows.log.merkle import leaf_hash
from workflows.log.reading import inclusion, personal_values
from workflows.log.snapshot import snapshot
from workflows.log.tables import LogEntry


@dataclass(frozen=True, slots=True)
class Named:
    """An entry, with the user names of the accounts that it calls by a pseudonym.

    ``behalf`` is whom a stand-in acted for, ``name`` what its subject is called today.
    """

    entry: LogEntry
    actor: str
    behalf: str | None = None
    name: str | None = None

    @property
    def by(self) -> str:
        """Who acted, and for whom."""
        return by_for(self.actor, self.behalf)

    @property
    def seq(self) -> int:
        return self.entry.seq


_SIGNING = ("sign_in", "sign_out")
# The list that has a subject's own page.
_PAGES = {
    "account": "accounts",
    "agreement": "agreements",
    "appeal": "appeals",
    "claim": "claims",
    "cycle": "cycles",
    "import": "imports",
    "review": "reviews",
    "simulation": "simulations",
    "unit": "units",
}


@dataclass(frozen=True, slots=True)
class WithoutFilter(Filter):
    """What is left out of the list: what there is so much of that the rest drowns in it."""

    blank: ClassVar[str] = N_("Nothing")

    def condition(self, value: str) -> ColumnElement[bool]:
        """Return what holds for the rest; an unknown choice leaves everything in."""
        if value == "system":
            return LogEntry.actor != SYSTEM.public_id
        return LogEntry.action.not_in(_SIGNING if value == "signing" else ())

    def options(self, session: Session, rows: Select[Any]) -> list[tuple[str, str]]:  # noqa: ARG002
        """Return the two choices, in any log."""
        return [
            ("signing", translate(N_("Signing in and out"))),
            ("system", translate(N_("What the system did"))),
        ]


class LogView(ListView):
    """Entries, the newest first."""

    operation = "list_log"
    title = N_("Log")
    about = N_("Everything that was done; the entries are chained, so that no change goes unseen.")
    icon = "log"
    columns = (
        Column("seq", N_("Entry"), lambda row: row.seq, "entry", LogEntry.seq),
        Column("at", N_("When"), lambda row: row.entry.at, "instant", LogEntry.at),
        Column(
            "action",
            N_("Action"),
            lambda row: (row.entry.action, "actions"),
            "word",
            LogEntry.action,
        ),
        Column("actor", N_("By"), lambda row: row.by),
        Column("subject", N_("Of"), lambda row: (row.entry.subject_kind, "subjects"), "word"),
        Column("id", N_("Called"), lambda row: (row.name, row.entry.subject_id), "called"),
    )
    filters = (
        AccountFilter("by", N_("By"), LogEntry.actor),
        Filter("action", N_("Action"), LogEntry.action, lambda action: word(action, "actions")),
        Filter("kind", N_("Of"), LogEntry.subject_kind, lambda kind: word(kind, "subjects")),
        WithoutFilter("without", N_("Leave out"), LogEntry.action),
        DayFilter("from", N_("From"), LogEntry.at),
        DayFilter("until", N_("Until"), LogEntry.at, until=True),
    )
    searched = (LogEntry.actor, LogEntry.subject_id, LogEntry.action)
    default_order = (LogEntry.seq.desc(),)
    details_template = "lists/log_entry.html"

    def visible(self, actor: Actor) -> Select[Any]:
        rows = select(LogEntry)
        return rows if may_everywhere(actor, self.operation) else rows.where(false())

    def shown(self, session: Session, rows: Sequence[Any]) -> Sequence[Any]:
        named = select(Account.public_id, Account.username).where(
            Account.public_id.in_({each for row in rows for each in (row.actor, row.on_behalf_of)})
        )
        names = dict(session.execute(named).all())
        called = names_of(session, {(row.subject_kind, row.subject_id) for row in rows})
        return [
            Named(
                entry,
                translate(N_("the system"))
                if entry.actor == SYSTEM.public_id
                else names.get(entry.actor, entry.actor),
                names.get(entry.on_behalf_of, entry.on_behalf_of),
                called.get((entry.subject_kind, entry.subject_id)),
            )
            for entry in rows
        ]

    def also_found(self, words: str) -> ColumnElement[bool]:
        return about(words)

    def keyed(self, key: str) -> ColumnElement[bool]:
        return LogEntry.seq == int(key) if key.isdecimal() else false()

    def key(self, row: Any) -> str:
        return str(row.seq)

    def details_context(self, session: Session, actor: Actor, row: Any) -> Mapping[str, Any]:
        (named,) = self.shown(session, [row])
        # The first byte is the version of the form, the rest is JSON (workflows/log/leaf.py).
        leaf = json.loads(row.leaf[1:])
        session.info["keyring"] = services().database.keyring
        may_read = may_everywhere(actor, "read_log_values")
        return {
            "by": named.actor,
            "behalf": named.behalf,
            "page": _PAGES.get(row.subject_kind),
            "name": named.name,
            "details": leaf["details"],
            "personal": leaf["personal"],
            "opened": personal_values(session, actor, row) if may_read else {},
            "leaf": row.leaf[1:].decode(),
            "leaf_hash": leaf_hash(row.leaf).hex(),
        }

    @expose("/<int:seq>/proof")  # type: ignore[untyped-decorator]
    def proof(self, seq: int) -> str | Response:
        """Prove that the entry is in the log: a fragment for the page, else a file."""
        actor = current_actor()
        with snapshot(services().database) as session:
            if session.scalar(self.visible(actor).where(LogEntry.seq == seq)) is None:
                abort(404)
            found = inclusion(session, actor, seq)
        if "HX-Request" in request.headers:
            return render_template("audit/proof.html", proof=found)
        answer = Response(found.text, mimetype="text/plain")
        answer.headers["Content-Disposition"] = f'attachment; filename="entry-{seq}.tlog-proof"'
        return answer
