"""Somebody is brought on by everything that their stage asks for: or few runs would get far."""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.stateful import rule

from tests.workflows.machine.acts.evaluating import Evaluating
from tests.workflows.machine.acts.goals import Goals
from tests.workflows.machine.acts.records import Records
from tests.workflows.machine.acts.settling import Appeals, Reopenings, Talks
from tests.workflows.machine.acts.stages import Stages
from tests.workflows.machine.acts.time import Time
from tests.workflows.machine.model import appeals, records
from tests.workflows.machine.model.people import LEADERS, LED, PEOPLE
from tests.workflows.machine.model.state import Appeal


class YearMachine(Stages, Goals, Records, Evaluating, Talks, Appeals, Reopenings, Time):
    """The whole year."""

    @rule(person=st.sampled_from(PEOPLE))
    def goes_on(self, person: str) -> None:
        """Bring somebody a stage further, by what they wait for, and the cycle with the last."""
        for _ in range(_STEPS_OF_AN_APPEAL):
            if self.year.reviews[person].appeal is not None:
                self._answers_appeal(person)
        self._brings(person)
        self._cycle_goes_on()

    @rule()
    def everybody_goes_on(self) -> None:
        for person in PEOPLE:
            self._brings(person)
        self._cycle_goes_on()

    def others_go_on(self) -> None:
        """Bring everybody who is not held back a single stage further, by the cycle at its turn."""
        free = [person for person in PEOPLE if not self.year.reviews[person].held]
        if {self.year.reviews[person].stage for person in free} <= {"checked", "result_approval"}:
            self._cycle_goes_on()
        else:
            for person in free:
                self._brings(person)

    def _brings(self, person: str) -> None:
        if step := _STEPS.get(self.year.reviews[person].stage):
            step(self, person)

    def _cycle_goes_on(self) -> None:
        there = {review.stage for review in self.year.reviews.values() if not review.held}
        everybody = {review.stage for review in self.year.reviews.values()}
        if self.year.state == "open" and everybody == {"checked"}:
            self.lock("hr", True)
        elif self.year.state == "locked" and there == {"result_approval"}:
            self.approve("finance")
        elif self.year.state == "approved" and "result_approval" in there:
            self.approve_late("finance")

    def _sets_goals(self, person: str) -> None:
        self.moves(LEADERS[person], person, "submit_goals")

    def _agrees_goals(self, person: str) -> None:
        if self.year.plan.state == "draft":
            self.submit_plan("hr")
        if self.year.plan.state == "submitted":
            self.approve_plan("finance")
        self.propose_goal(LEADERS[person], person)
        goal = self.year.plan.goals[person]
        if goal.state == "proposed":
            self.answer_goal(person, person, None, True)
        if goal.state in ("countered", "returned"):
            self.settle_goal(LEADERS[person], person, self.year.plan.amounts[person], True)
        if goal.state in ("accepted", "settled"):
            self.agree_to_goal("hr" if goal.settler == "director" else "director", person)
        self.moves(LEADERS[person], person, "approve_goals")

    def _confirms(self, person: str) -> None:
        for claim in self.year.claims:
            if claim.person == person and claim.state in records.PENDING:
                self.withdraws(person, claim)
        self.confirm_records(person, person, True)
        self.moves("hr", person, "check")

    def _reports(self, person: str) -> None:
        if self.year.reviews[person].report != "submitted":
            self.submit_report(person, person, True)
        self.moves("hr", person, "report")

    def _is_rated(self, person: str) -> None:
        leader, review = LEADERS[person], self.year.reviews[person]
        form = review.forms.get(("boss", leader))
        if not review.rated and (form is None or form.state != "given"):
            self.gives(leader, person, "boss", 80)
        if not review.rated:
            self.finish_ratings(leader, person)
        self.moves(leader, person, "rate")

    def _is_graded(self, person: str) -> None:
        self.moves("region" if person in ("S11", "S12") else "hr", person, "submit_result")

    def _is_released(self, person: str) -> None:
        if self.year.reviews[person].held and self.year.state == "approved":
            self.releases("hr", person)

    def _talks(self, person: str) -> None:
        leader, review = LEADERS[person], self.year.reviews[person]
        if review.talk is None:
            self.prepare_talk(leader, person, False, False, 0)
        if review.talk is not None and not review.talk.held:
            self.hold_talk(leader, person, True, 0)
        if review.talk is not None and not review.talk.acknowledged:
            self.acknowledge_talk(person, person, True, True, 0)
        self.moves(leader, person, "close")

    def _answers_appeal(self, person: str) -> None:
        """Bring an appeal a step further, up to the correction that is granted."""
        match appeals.last(self.year, person):
            case Appeal(state="submitted", handler=None):
                other = next(each for each in LED if each != LEADERS[person])
                self.assign_appeal("hr", person, other, 0)
            case Appeal(state="submitted"):
                self.accept_appeal("handler", person, 0)
            case Appeal(state="accepted"):
                self.propose_correction("handler", person, ("fact", "100"), True, 0)
            case Appeal(state="proposed"):
                self.grant_appeal("finance", person, True, 0)


_STEPS_OF_AN_APPEAL = 4
_STEPS = {
    "goal_setting": YearMachine._sets_goals,
    "goal_approval": YearMachine._agrees_goals,
    "tracking": YearMachine._confirms,
    "self_report": YearMachine._reports,
    "assessing": YearMachine._is_rated,
    "calibration": YearMachine._is_graded,
    "result_approval": YearMachine._is_released,
    "feedback": YearMachine._talks,
}
