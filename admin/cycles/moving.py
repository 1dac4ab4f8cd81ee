"""Putting a running cycle under another version: prepared, consented to, carried out."""

from __future__ import annotations

from collections.abc import Callable

from flask import redirect, request, url_for
from flask_admin import expose
from werkzeug.wrappers import Response

from admin.errors import status_of
from admin.refusals import lines
from admin.services import services
from admin.sign_in.current import current_actor
from admin.writing import Writing, writing
from engine.errors import KaohengError, Kind
from workflows.access.approvals import is_by
from workflows.access.decide import allow_everywhere
from workflows.cycles.operations import find_cycle
from workflows.publishing.consents import consents_of
from workflows.publishing.moving import (
    ask_again_for_move,
    carry_out_cycle_move,
    drop_cycle_move,
    prepare_cycle_move,
    prepared_move,
    waiting_move,
)
from workflows.rulebook.reading import version_to_read, versions_of

Page = str | Response | tuple[str, int]


class CycleMoving:
    """The addresses of a cycle's move; ``CyclesView`` has them beside its list."""

    @expose("/<key>/move")  # type: ignore[untyped-decorator]
    def ask_move(self, key: str) -> Page:
        return self._move_page(key)

    @expose("/<key>/move", methods=["POST"])  # type: ignore[untyped-decorator]
    def move(self, key: str) -> Page:
        """Prepare, carry out, ask again or give up, as ``step`` says."""
        steps: dict[str, Callable[[Writing, str], object]] = {
            "prepare": _prepare,
            "carry_out": _carry_out,
            "ask": _ask,
            "drop": _drop,
        }
        step = request.form.get("step", "")
        allow_everywhere(current_actor(), "move_cycle")
        try:
            with writing() as of:
                find_cycle(of.session, key)
                if step in steps:
                    steps[step](of, key)
        except KaohengError as error:
            if error.kind is Kind.MISSING:
                raise
            return self._move_page(key, error), status_of(error)
        end = "details" if step == "carry_out" else "ask_move"
        return redirect(url_for(f"cycles.{end}", key=key), 303)

    def _move_page(self, key: str, error: KaohengError | None = None) -> str:
        actor = current_actor()
        allow_everywhere(actor, "move_cycle")
        with services().database.read() as session:
            cycle = find_cycle(session, key)
            move = prepared_move(session, cycle)
            code = cycle.policy_version.policy.code
            others = [
                each
                for each in versions_of(session, code, services().today())
                if each.published_at and each.id != cycle.policy_version_id
            ]
            return str(
                self.render(  # type: ignore[attr-defined]
                    "cycles/move.html",
                    row=cycle,
                    move=move,
                    is_own=move is not None and is_by(actor, move.preparer),
                    consents=consents_of(session, move) if move else [],
                    versions=others,
                    lines=lines(error),
                    typed=request.form,
                )
            )


def _prepare(of: Writing, key: str) -> None:
    cycle = find_cycle(of.session, key)
    seq = request.form.get("version", default=0, type=int)
    code = cycle.policy_version.policy.code
    to = version_to_read(of.session, code, seq, on=services().today())
    reason = request.form.get("reason", "")
    prepare_cycle_move(of.session, of.actor, of.now, cycle, to=to, reason=reason)


def _carry_out(of: Writing, key: str) -> None:
    move = waiting_move(of.session, find_cycle(of.session, key))
    carry_out_cycle_move(of.session, of.actor, of.now, move, seen=_seen())


def _ask(of: Writing, key: str) -> None:
    move = waiting_move(of.session, find_cycle(of.session, key))
    ask_again_for_move(of.session, of.actor, of.now, move)


def _drop(of: Writing, key: str) -> None:
    move = waiting_move(of.session, find_cycle(of.session, key))
    drop_cycle_move(of.session, of.actor, of.now, move, seen=_seen())


def _seen() -> int:
    return request.form.get("seen", default=-1, type=int)
