"""What in a cycle looks unfair, as a page of its own beside the cycle."""

from __future__ import annotations

from typing import Any

from flask_admin import expose

from admin.services import services
from admin.sign_in.current import current_actor
from workflows.access.decide import allow_everywhere
from workflows.cycles.operations import find_cycle
from workflows.simulation.fairness import fairness_of


class CycleFairness:
    """The address of a cycle's signs of unfairness; ``CyclesView`` has it beside its list."""

    @expose("/<key>/fairness")  # type: ignore[untyped-decorator]
    def fairness(self, key: str) -> str:
        actor = current_actor()
        allow_everywhere(actor, "list_fairness")
        with services().database.read() as session:
            cycle = find_cycle(session, key)
            found = fairness_of(session, actor, cycle)
            return self._page("cycles/fairness.html", row=cycle, found=found)

    def _page(self, template: str, **context: Any) -> str:
        return str(self.render(template, **context))  # type: ignore[attr-defined]
