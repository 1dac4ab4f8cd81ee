"""Audits of results: drawing a sample, its lines to sign off, and the findings to follow."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import redirect, request, url_for
from flask_admin import BaseView, expose
from flask_login import current_user
from sqlalchemy import select
from werkzeug.wrappers import Response

from admin.errors import status_of
from admin.refusals import lines
from admin.services import services
from admin.sign_in.current import current_actor
from admin.spreadsheet import csv_text
from admin.writing import Writing, writing
from engine.errors import N_, KaohengError, Kind
from workflows.access.decide import allow_everywhere, may, may_everywhere
from workflows.audits.operations import (
    CHECKS,
    STRATA,
    answer_finding,
    check_result,
    draw_sample,
    replays,
    settle_finding,
)
from workflows.audits.reading import audits_of, find_audit, find_line, line_rows
from workflows.audits.tables import AuditedResult
from workflows.cycles.operations import find_cycle
from workflows.cycles.tables import Cycle

Page = str | Response | tuple[str, int]
Act = Callable[[Writing, AuditedResult], None]


class SamplesView(BaseView):  # type: ignore[misc]  # Flask-Admin has no types
    """Samples of results, for auditors to check and for HR to answer."""

    title = N_("Audits of results")
    icon = "reviews"

    def __init__(self, section: str) -> None:
        super().__init__(self.title, category=section, endpoint="audits", url="/audits")

    def is_accessible(self) -> bool:
        return bool(current_user.is_authenticated) and may(current_actor(), "read_audits")

    def _run_view(self, fn: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        # Flask-Admin's own calls the view a second time after any TypeError, hiding it.
        return fn(self, *args, **kwargs)

    @expose("/")  # type: ignore[untyped-decorator]
    def index(self) -> str:
        return self._index()

    @expose("/", methods=["POST"])  # type: ignore[untyped-decorator]
    def draw(self) -> Page:
        """Draw a sample; a refusal keeps what was typed."""
        allow_everywhere(current_actor(), "audit_results")
        form = request.form
        try:
            with writing() as of:
                key = draw_sample(
                    of.session,
                    of.actor,
                    of.now,
                    find_cycle(of.session, form.get("cycle", "")),
                    size=form.get("size", 0, type=int),
                    strata=form.get("strata", ""),
                    seed=form.get("seed", ""),
                ).public_id
        except KaohengError as error:
            return self._index(error), status_of(error)
        return redirect(url_for("audits.details", key=key), 303)

    @expose("/<key>")  # type: ignore[untyped-decorator]
    def details(self, key: str) -> str:
        return self._details(key)

    @expose("/<key>.csv")  # type: ignore[untyped-decorator]
    def export(self, key: str) -> Response:
        with services().database.read() as session:
            rows = line_rows(find_audit(session, current_actor(), key))
        text = csv_text(list(rows[0]), ([*row.values()] for row in rows))
        name = f'attachment; filename="kaoheng-audit-{key[:12]}.csv"'
        return Response(
            "\ufeff" + text,
            content_type="text/csv; charset=utf-8",
            headers={"Content-Disposition": name},
        )

    @expose("/<key>/<review>/check", methods=["POST"])  # type: ignore[untyped-decorator]
    def check(self, key: str, review: str) -> Page:
        """Sign a line off, or record what was found."""
        form = request.form

        def act(of: Writing, line: AuditedResult) -> None:
            check_result(
                of.session,
                of.actor,
                of.now,
                line,
                sound=form.get("verdict") == "sound",
                checks=form.getlist("checks"),
                note=form.get("note", ""),
                seen=_seen(),
            )

        return self._done(key, review, "audit_results", act)

    @expose("/<key>/<review>/answer", methods=["POST"])  # type: ignore[untyped-decorator]
    def answer(self, key: str, review: str) -> Page:
        def act(of: Writing, line: AuditedResult) -> None:
            text = request.form.get("answer", "")
            answer_finding(of.session, of.actor, of.now, line, answer=text, seen=_seen())

        return self._done(key, review, "answer_finding", act)

    @expose("/<key>/<review>/settle", methods=["POST"])  # type: ignore[untyped-decorator]
    def settle(self, key: str, review: str) -> Page:
        form = request.form

        def act(of: Writing, line: AuditedResult) -> None:
            settle_finding(
                of.session,
                of.actor,
                of.now,
                line,
                settled=form.get("verdict") == "settled",
                note=form.get("note", ""),
                seen=_seen(),
            )

        return self._done(key, review, "audit_results", act)

    def _done(self, key: str, review: str, operation: str, act: Act) -> Page:
        allow_everywhere(current_actor(), operation)
        try:
            with writing() as of:
                act(of, find_line(find_audit(of.session, of.actor, key), review))
        except KaohengError as error:
            if error.kind in (Kind.MISSING, Kind.DENIED):
                raise
            return self._details(key, review, error), status_of(error)
        return redirect(url_for("audits.details", key=key, _anchor=f"of-{review}"), 303)

    def _index(self, error: KaohengError | None = None) -> str:
        actor = current_actor()
        with services().database.read() as session:
            found = audits_of(session, actor)
            ready = select(Cycle).where(Cycle.state.in_(("approved", "sealed")))
            cycles = session.scalars(ready.order_by(Cycle.starts_on.desc(), Cycle.code)).all()
            return str(
                self.render(
                    "audit/samples.html",
                    found=found,
                    cycles=cycles,
                    strata=STRATA,
                    may_draw=may_everywhere(actor, "audit_results"),
                    lines=lines(error),
                    typed=request.form if error else {},
                )
            )

    def _details(
        self, key: str, refused: str | None = None, error: KaohengError | None = None
    ) -> str:
        actor = current_actor()
        with services().database.read() as session:
            audit = find_audit(session, actor, key)
            asked = [line.review for line in audit.lines] if request.args.get("replay") else []
            return str(
                self.render(
                    "audit/sample.html",
                    audit=audit,
                    checks=CHECKS,
                    replayed=replays(session, audit.cycle, asked) if asked else {},
                    own=actor.person_id,
                    may_check=may_everywhere(actor, "audit_results"),
                    may_answer=may_everywhere(actor, "answer_finding"),
                    refused=refused,
                    lines=lines(error),
                    typed=request.form if error else {},
                )
            )


def _seen() -> int | None:
    return request.form.get("version", type=int)
