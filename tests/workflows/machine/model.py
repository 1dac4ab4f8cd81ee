"""What a cycle must do, in plain Python: who may do what, where everybody stands, what is refused.

Written from the documentation, with no look at a table: stages and rights are spelt out here.
"""

from __future__ import annotations

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
    entries: int = 0  # in the log, since the cycle was opened

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
        self._count(person)
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
        self.entries += 1
        return DONE

    def _elsewhere(self, stage: str) -> str | None:
        there = all(each == stage for each in self.stages.values())
        return None if there else "conflict reviews.not_there_yet"

    def _go(self, person: str, stage: str) -> None:
        self.stages[person] = stage
        self._count(person)

    def _count(self, person: str) -> None:
        self.versions[person] += 1
        self.entries += 1
