"""Those in a cycle's scope without a review in it, and giving one of them a review."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any

from flask import redirect, request, url_for
from flask_admin import expose
from werkzeug.wrappers import Response

from admin.errors import status_of
from admin.refusals import lines
from admin.services import services
from admin.sign_in.current import current_actor
from admin.writing import writing
from engine.errors import KaohengError, Kind
from workflows.access.decide import allow_everywhere
from workflows.cycles.joining import add_to_cycle, without_review
from workflows.cycles.operations import find_cycle, policy_of

Page = str | Response | tuple[str, int]


class CycleJoining:
    """The address of those without a review; ``CyclesView`` has it beside its list."""

    @expose("/<key>/people")  # type: ignore[untyped-decorator]
    def people(self, key: str) -> Page:
        return self._without(key)

    @expose("/<key>/people", methods=["POST"])  # type: ignore[untyped-decorator]
    def add_person(self, key: str) -> Page:
        """Give somebody a review; a refusal shows the list with what was typed."""
        allow_everywhere(current_actor(), "add_to_cycle")
        try:
            with writing() as of:
                cycle = find_cycle(of.session, key)
                add_to_cycle(
                    of.session,
                    of.actor,
                    of.now,
                    cycle,
                    person=request.form.get("person", ""),
                    targets=_targets([rule.code for rule in policy_of(cycle).targets]),
                    reason=request.form.get("reason", ""),
                )
        except KaohengError as error:
            if error.kind is Kind.MISSING:
                raise
            return self._without(key, error), status_of(error)
        return redirect(url_for("cycles.people", key=key), 303)

    def _without(self, key: str, error: KaohengError | None = None) -> str:
        actor = current_actor()
        allow_everywhere(actor, "add_to_cycle")
        with services().database.read() as session:
            cycle = find_cycle(session, key)
            page: Any = self
            return str(
                page.render(
                    "cycles/people.html",
                    row=cycle,
                    policy=policy_of(cycle),
                    newcomers=without_review(session, actor, cycle),
                    lines=lines(error),
                    typed=request.form if error else {},
                )
            )


def _targets(names: list[str]) -> dict[str, Decimal]:
    """Return the amounts that were typed; what is no number is left out, and so asked for."""
    found = {}
    for name in names:
        try:
            found[name] = Decimal(request.form.get(f"target-{name}", "").replace(",", ""))
        except InvalidOperation:
            continue
    return found
