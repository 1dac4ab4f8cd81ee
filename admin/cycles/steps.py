"""What is done to a whole cycle: each step says what will happen before it does."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from flask import abort, redirect, request, url_for
from flask_admin import expose
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from admin.errors import status_of
from admin.refusals import lines
from admin.services import services
from admin.sign_in.current import current_actor
from admin.writing import writing
from engine.errors import N_, KaohengError, Kind, refuse
from workflows.access.actors import Actor
from workflows.access.decide import allow_everywhere
from workflows.closing.reading import waiting_faults
from workflows.cycles.approval import approve_cycle
from workflows.cycles.approvals import approvals_of
from workflows.cycles.foresight import would_grant
from workflows.cycles.operations import find_cycle, lock_cycle
from workflows.cycles.sealing import close_cycle, replay_cycle
from workflows.cycles.standing import READY, approval_progress, not_there_yet
from workflows.cycles.tables import Cycle

Page = str | Response | tuple[str, int]


class CycleSteps:
    """The addresses of a cycle's steps; ``CyclesView`` has them beside its list."""

    @expose("/<key>/lock")  # type: ignore[untyped-decorator]
    def ask_lock(self, key: str) -> Page:
        return self._ask(key, "lock")

    @expose("/<key>/lock", methods=["POST"])  # type: ignore[untyped-decorator]
    def lock(self, key: str) -> Page:
        reason = request.form.get("reason", "").strip() or None
        return self._carry_out(key, "lock", partial(lock_cycle, reason=reason))

    @expose("/<key>/approve")  # type: ignore[untyped-decorator]
    def ask_approve(self, key: str) -> Page:
        return self._ask(key, "approve")

    @expose("/<key>/approve", methods=["POST"])  # type: ignore[untyped-decorator]
    def approve(self, key: str) -> Page:
        needed = services().settings.approvals
        return self._carry_out(key, "approve", partial(approve_cycle, needed=needed))

    @expose("/<key>/close")  # type: ignore[untyped-decorator]
    def ask_close(self, key: str) -> Page:
        return self._ask(key, "close")

    @expose("/<key>/close", methods=["POST"])  # type: ignore[untyped-decorator]
    def close(self, key: str) -> Page:
        return self._carry_out(key, "close", _close)

    @expose("/<key>/replay", methods=["POST"])  # type: ignore[untyped-decorator]
    def replay(self, key: str) -> Page:
        """Compute a sealed cycle again and show whether it comes out the same."""
        allow_everywhere(current_actor(), "replay_cycle")
        with services().database.read() as session:
            cycle = find_cycle(session, key)
            found = replay_cycle(session, current_actor(), cycle)
            return self._render("cycles/replay.html", row=cycle, differences=found)

    @expose("/<key>/progress")  # type: ignore[untyped-decorator]
    def progress(self, key: str) -> Page:
        """Give the part of the page that follows an approval; once it is over, the whole page."""
        with services().database.read() as session:
            cycle = find_cycle(session, key)
            done, total = approval_progress(session, cycle)
            answer = Response(
                self._render("cycles/progress.html", row=cycle, progress=(done, total)),
                content_type="text/html; charset=utf-8",
            )
            if cycle.state != "approving":
                answer.headers["HX-Refresh"] = "true"
            return answer

    def _carry_out(self, key: str, operation: str, carry_out: Callable[..., object]) -> Page:
        """Do it, and go back to the cycle; a conflict shows the question again with the reasons."""
        try:
            with writing() as write:
                allow_everywhere(write.actor, f"{operation}_cycle")
                cycle = find_cycle(write.session, key)
                _require_seen(cycle)
                carry_out(write.session, write.actor, write.now, cycle)
        except KaohengError as error:
            if error.kind is not Kind.CONFLICT:
                raise
            return self._ask(key, operation, error), status_of(error)
        return redirect(url_for("cycles.details", key=key), 303)

    def _ask(self, key: str, operation: str, error: KaohengError | None = None) -> str:
        """Ask before a step: what it does, and who is not there yet."""
        actor = current_actor()
        allow_everywhere(actor, f"{operation}_cycle")
        with services().database.read() as session:
            cycle = find_cycle(session, key)
            waiting, total = not_there_yet(session, actor, cycle, operation)
            return self._render(
                "cycles/step.html",
                row=cycle,
                operation=operation,
                ready=cycle.state == READY[operation]
                and (not waiting or (operation == "close" and len(waiting) < total)),
                waiting=waiting,
                total=total,
                lines=lines(error),
                **_approval(session, cycle, waiting) if operation == "approve" else {},
            )

    def _render(self, template: str, **context: Any) -> str:
        return str(self.render(template, **context))  # type: ignore[attr-defined]


def _close(session: Session, actor: Actor, now: datetime, cycle: Cycle) -> None:
    """Close whoever can be closed; where that is nobody, say what everybody waits for."""
    done = close_cycle(session, actor, now, cycle)
    if done.seal is None and not done.sealed:
        faults = (fault for each in done.waiting for fault in waiting_faults(*each))
        raise KaohengError(faults, Kind.CONFLICT)


def _approval(session: Session, cycle: Cycle, waiting: Sequence[object]) -> dict[str, Any]:
    """Return what an approver should know: what it gives, and whose approvals there are."""
    if cycle.state != "locked" or waiting:
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
