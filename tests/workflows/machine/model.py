"""What a cycle must do, in plain Python: who may do what, where everybody stands, what is refused.

Written from the documentation, with no look at a table: stages and rights are spelt out here.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

EVERYBODY = ("S11", "S12", "S21", "S22", "S31", "S32", "S33")
EAST = ("S11", "S12", "S21", "S22")
# By role: as what somebody with it stands to whose review.
STANDS: dict[str, dict[str, set[str]]] = {
    "hr": {person: {"hr"} for person in EVERYBODY},
    "hr_region": {person: {"hr_region"} for person in EAST},
    "sales_director": {person: {"sales_director"} for person in EVERYBODY},
    "manager": {person: {"manager"} for person in ("S11", "S12")},
    "salesperson": {"S11": {"owner", "salesperson"}},
    "finance": {},
    "auditor": {},
    "administrator": {},
}
ROLES = tuple(STANDS)
GRADERS = ("hr", "hr_region", "sales_director", "manager")
GRADES = ("S", "A", "B", "C", "D")


@dataclass(frozen=True)
class Step:
    """A transition: from where to where, by whom, and whether it wants a reason."""

    start: str
    to: str
    by: frozenset[str] = frozenset()
    reason: bool = False


LINE = frozenset({"manager", "hr", "hr_region"})
STEPS = {
    "submit_goals": Step("goal_setting", "goal_approval", LINE | {"owner"}),
    "return_goals": Step("goal_approval", "goal_setting", LINE, reason=True),
    "approve_goals": Step("goal_approval", "tracking", LINE),
    "lock_data": Step("tracking", "data_locked"),
    "start_evaluation": Step("data_locked", "evaluation", LINE),
    "submit_evaluation": Step("evaluation", "calibration", LINE),
    "submit_result": Step(
        "calibration", "result_approval", frozenset({"hr", "hr_region", "sales_director"})
    ),
    "return_result": Step(
        "result_approval", "calibration", frozenset({"hr", "sales_director"}), reason=True
    ),
    "approve_result": Step("result_approval", "feedback"),
    "confirm_feedback": Step("feedback", "closed", LINE),
}
DONE = "done"


@dataclass
class Model:
    """Where everybody stands. Each operation returns ``DONE`` or what it is refused as."""

    state: str = "open"
    stages: dict[str, str] = field(default_factory=lambda: dict.fromkeys(EVERYBODY, "goal_setting"))
    versions: dict[str, int] = field(default_factory=lambda: dict.fromkeys(EVERYBODY, 0))
    graded: dict[str, str] = field(default_factory=dict)
    held: set[str] = field(default_factory=set)
    sealed: set[str] = field(default_factory=set)

    def move(  # noqa: PLR0911 (a return for each refusal)
        self, role: str, person: str, code: str, reason: bool, seen: int | None
    ) -> str:
        stands = STANDS[role].get(person)
        if stands is None:
            return "denied access.denied"
        step = STEPS[code]
        if not step.by:
            return "invalid reviews.moved_by_cycle"
        if not step.by & stands:
            return "denied reviews.not_yours_to_move"
        if step.reason and not reason:
            return "invalid reviews.reason_needed"
        if seen is not None and seen != self.versions[person]:
            return "conflict reviews.changed_meanwhile"
        if self.stages[person] != step.start:
            return "conflict reviews.moved_already"
        self._go(person, step.to)
        if step.to == "closed":
            self._seal()
        return DONE

    def calibrate(self, role: str, person: str, grade: str, reason: bool) -> str:
        if role not in GRADERS or person not in STANDS[role]:
            return "denied access.denied"
        if grade not in GRADES:
            return "invalid calibration.unknown_grade"
        if not reason:
            return "invalid calibration.reason_needed"
        if self.stages[person] != "calibration":
            return "conflict calibration.not_in_calibration"
        self.graded[person] = grade
        self.versions[person] += 1
        return DONE

    def lock(self, role: str) -> str:
        if role != "hr":
            return "denied access.denied"
        if self.state != "open":
            return "conflict cycles.not_in_state"
        if refused := self._elsewhere("tracking"):
            return refused
        for person in EVERYBODY:
            self._go(person, "data_locked")
        self.state = "locked"
        return DONE

    def hold(self, role: str, person: str, reason: bool) -> str:
        if refused := self._not_to_hold(role, reason):
            return refused
        if person in self.held:
            return "conflict closing.held_already"
        self.held.add(person)
        return DONE

    def release(self, role: str, person: str, reason: bool) -> str:
        if refused := self._not_to_hold(role, reason):
            return refused
        if person not in self.held:
            return "conflict closing.not_held"
        self.held.remove(person)
        return DONE

    def _not_to_hold(self, role: str, reason: bool) -> str | None:
        if role != "hr":
            return "denied access.denied"
        if not reason:
            return "invalid closing.reason_needed"
        return "conflict closing.not_now" if self.state == "sealed" else None

    def approve(self, role: str) -> str:
        if role != "finance":
            return "denied access.denied"
        if self.state != "locked":
            return "conflict cycles.not_in_state"
        if refused := self._elsewhere("result_approval", self.held):
            return refused
        free = [person for person in EVERYBODY if person not in self.held]
        if not free:
            return "conflict cycles.all_held"
        for person in free:
            self._go(person, "feedback")
        self.state = "approved"
        return DONE

    def approve_late(self, role: str) -> str:
        if role != "finance":
            return "denied access.denied"
        if self.state != "approved":
            return "conflict cycles.not_in_state"
        waiting = self.stages.items()
        late = [who for who, at in waiting if at == "result_approval" and who not in self.held]
        if not late:
            return "conflict closing.nobody_late"
        for person in late:
            self._go(person, "feedback")
        return DONE

    def close(self, role: str) -> str:
        if role != "hr":
            return "denied access.denied"
        if self.state == "sealed":
            return DONE
        if self.state != "approved":
            return "conflict cycles.not_in_state"
        self._seal()
        return DONE

    def _seal(self) -> None:
        """Seal whoever is closed and not held back; the cycle with the last of them."""
        closed = {person for person, stage in self.stages.items() if stage == "closed"}
        self.sealed |= closed - self.held
        if self.sealed == set(EVERYBODY):
            self.state = "sealed"

    def _elsewhere(self, stage: str, apart: Collection[str] = ()) -> str | None:
        asked = (at for person, at in self.stages.items() if person not in apart)
        return None if all(at == stage for at in asked) else "conflict reviews.not_there_yet"

    def _go(self, person: str, stage: str) -> None:
        self.stages[person] = stage
        self.versions[person] += 1
