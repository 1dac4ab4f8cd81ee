"""What is done to a whole cycle: each step says what will happen before it does."""

from __future__ import annotations

from typing import Any

from flask import abort, redirect, request, url_for
from flask_admin import expose
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from admin.refusals import lines
from admin.services import services
from admin.sign_in.current import current_actor
from admin.writing import Writing, writing
from engine.errors import N_, KaohengError, Kind, refuse
from workflows.access.decide import allow_everywhere
from workflows.cycles.approval import approve_cycle
from workflows.cycles.approvals import approvals_of
from workflows.cycles.foresight import would_grant
from workflows.cycles.operations import find_cycle, lock_cycle
from workflows.cycles.sealing import close_cycle, replay_cycle
from workflows.cycles.standing import approval_progress, not_there_yet
from workflows.cycles.tables import Cycle

Page = str | Response | tuple[str, int]


class CycleSteps:
    """The addresses of a cycle's steps; ``CyclesView`` has them beside its list."""

    @expose("/<key>/<any(lock, approve, close):operation>")  # type: ignore[untyped-decorator]
    def confirm(self, key: str, operation: str) -> Page:
        """Ask before a step: what it does, and who is not there yet."""
        return self._step(key, operation, None)

    @expose("/<key>/<any(lock, approve, close):operation>", methods=["POST"])  # type: ignore[untyped-decorator]
    def carry_out(self, key: str, operation: str) -> Page:
        try:
            with writing() as write:
                cycle = find_cycle(write.session, key)
                allow_everywhere(write.actor, f"{operation}_cycle")
                _require_seen(cycle)
                _OPERATIONS[operation](write, cycle)
        except KaohengError as error:
            if error.kind is not Kind.CONFLICT:
                raise
            return self._step(key, operation, error), 409  # type: ignore[return-value]
        return redirect(url_for("cycles.details", key=key), 303)

    @expose("/<key>/replay", methods=["POST"])  # type: ignore[untyped-decorator]
    def replay(self, key: str) -> Page:
        """Compute a sealed cycle again and show whether it comes out the same."""
        with services().database.read() as session:
            cycle = find_cycle(session, key)
            found = replay_cycle(session, current_actor(), cycle)
            return self._render("cycles/replay.html", cycle=cycle, differences=found)

    @expose("/<key>/progress")  # type: ignore[untyped-decorator]
    def progress(self, key: str) -> Page:
        """Give the part of the page that follows an approval; once it is over, the whole page."""
        with services().database.read() as session:
            cycle = find_cycle(session, key)
            done, total = approval_progress(session, cycle)
            answer = Response(
                self._render("cycles/progress.html", cycle=cycle, done=done, total=total),
                content_type="text/html; charset=utf-8",
            )
            if cycle.state != "approving":
                answer.headers["HX-Refresh"] = "true"
            return answer

    def _step(self, key: str, operation: str, error: KaohengError | None) -> str:
        actor = current_actor()
        with services().database.read() as session:
            cycle = find_cycle(session, key)
            allow_everywhere(actor, f"{operation}_cycle")
            waiting, total = not_there_yet(session, actor, cycle, operation)
            return self._render(
                "cycles/step.html",
                cycle=cycle,
                operation=operation,
                waiting=waiting,
                total=total,
                lines=lines(error),
                **_approval(session, cycle) if operation == "approve" else {},
            )

    def _render(self, template: str, **context: Any) -> str:
        return str(self.render(template, **context))  # type: ignore[attr-defined]


def _approval(session: Session, cycle: Cycle) -> dict[str, Any]:
    """Return what an approver should know: what it gives, and whose approvals there are."""
    if cycle.state != "locked":
        return {}
    approvals = approvals_of(session, cycle, services().settings.approvals)
    grants = would_grant(session, current_actor(), cycle)
    return {"approvals": approvals, "grants": grants}


def _require_seen(cycle: Cycle) -> None:
    """Refuse a form that was made before the cycle changed."""
    seen = request.form.get("version", type=int)
    if seen is None:
        abort(400)
    if seen != cycle.version:
        raise refuse(
            "cycles.changed",
            N_("The cycle {code} has changed since this page was made: it is {state} now."),
            N_("Look at it again before you decide."),
            kind=Kind.CONFLICT,
            code=cycle.code,
            state=cycle.state,
        )


def _lock(write: Writing, cycle: Cycle) -> None:
    lock_cycle(write.session, write.actor, write.now, cycle)


def _approve(write: Writing, cycle: Cycle) -> None:
    needed = services().settings.approvals
    approve_cycle(write.session, write.actor, write.now, cycle, needed)


def _close(write: Writing, cycle: Cycle) -> None:
    close_cycle(write.session, write.actor, write.now, cycle)


_OPERATIONS = {"lock": _lock, "approve": _approve, "close": _close}
