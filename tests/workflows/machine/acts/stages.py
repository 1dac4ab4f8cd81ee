"""Reviews are moved, graded, held back, approved and closed."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from tests.workflows.machine.machine import Machine, by, in_time, people, reasons, stale
from tests.workflows.machine.model import closing, stages
from tests.workflows.machine.model.results import GRADES
from workflows.calibration.operations import calibrate_review
from workflows.closing.holding import hold_review, release_review
from workflows.closing.late import approve_late
from workflows.cycles.approval import approve_cycle
from workflows.cycles.operations import lock_cycle, policy_of
from workflows.cycles.sealing import close_cycle
from workflows.jobs.service import Jobs
from workflows.reviews.moves import move_review

said = {True: "客户名单不完整", False: " "}
STEP_FROM = {
    start: tuple(code for code, step in stages.STEPS.items() if step.start == start)
    for start in ("goal_setting", *(step.to for step in stages.STEPS.values()))
}


class Stages(Machine):
    """Moves by one's role, and what belongs to the whole cycle."""

    @rule(who=by("owner", "leader", "hr", "director"), person=people, which=st.integers(0, 2),
          reason=reasons, seen=st.sampled_from((None, 0, 0, 1)))  # fmt: skip
    def move(self, who: str, person: str, which: int, reason: bool, seen: int | None) -> None:
        """Move a review on, or back, from where it is."""
        from_here = STEP_FROM[self.year.reviews[person].stage]
        if from_here:
            code = from_here[which % len(from_here)]
            self.moves(self.who(who, person), person, code, reason=reason, seen=seen)

    @rule(who=by("owner", "leader", "hr"), person=people, code=st.sampled_from(tuple(stages.STEPS)),
          reason=reasons)  # fmt: skip
    def move_from_anywhere(self, who: str, person: str, code: str, reason: bool) -> None:
        """Try any transition, wherever the review is."""
        self.moves(self.who(who, person), person, code, reason=reason, seen=None)

    def moves(
        self, who: str, person: str, code: str, *, reason: bool = True, seen: int | None = None
    ) -> None:
        version = None if seen is None else self.year.reviews[person].version - seen
        expected = stages.move(self.year, who, person, code, reason=reason, seen=version)
        self.does_to(
            who,
            person,
            expected,
            lambda session, actor, review: move_review(
                session,
                actor,
                self.year.now,
                review,
                policy_of(review.cycle),
                transition=code,
                reason=said[reason],
                seen=version,
            ),
        )

    @precondition(in_time("checked"))
    @rule(who=by("hr", "hr", "finance"), reason=reasons)
    def lock(self, who: str, reason: bool) -> None:
        self.does(
            who,
            stages.lock(self.year, who, reason=reason),
            lambda session, actor: lock_cycle(
                session, actor, self.year.now, self.cycle(session), said[reason]
            ),
        )

    @precondition(in_time("calibration"))
    @rule(who=by("leader", "director", "hr"), person=people,
          grade=st.sampled_from((*GRADES, *GRADES, "E")), reason=reasons, seen=stale)  # fmt: skip
    def calibrate(self, who: str, person: str, grade: str, reason: bool, seen: int) -> None:
        name = self.who(who, person)
        version = self.year.reviews[person].version - seen
        expected = closing.calibrate(self.year, name, person, grade, reason=reason, seen=version)
        self.does_to(
            name,
            person,
            expected,
            lambda session, actor, review: calibrate_review(
                session,
                actor,
                self.year.now,
                review,
                policy_of(review.cycle),
                grade=grade,
                reason=said[reason],
                seen=version,
            ),
        )

    @rule(who=by("hr", "hr", "leader"), person=people, reason=reasons)
    def hold(self, who: str, person: str, reason: bool) -> None:
        name = self.who(who, person)
        self.does_to(
            name,
            person,
            closing.hold(self.year, name, person, reason=reason),
            lambda session, actor, review: hold_review(
                session, actor, self.year.now, review, reason=said[reason]
            ),
        )

    @precondition(lambda self: self.strays or any(each.held for each in self.year.reviews.values()))
    @rule(who=by("hr", "hr", "director"), which=st.integers(0, 3), reason=reasons)
    def release(self, who: str, which: int, reason: bool) -> None:
        held = [person for person, review in self.year.reviews.items() if review.held]
        person = (held or list(self.year.reviews))[which % len(held or self.year.reviews)]
        self.releases(self.who(who, person), person, reason=reason)

    def releases(self, who: str, person: str, *, reason: bool = True) -> None:
        self.does_to(
            who,
            person,
            closing.release(self.year, who, person, reason=reason),
            lambda session, actor, review: release_review(
                session, actor, self.year.now, review, reason=said[reason]
            ),
        )

    @precondition(in_time("result_approval"))
    @rule(who=by("finance", "director", "director for finance"))
    def approve(self, who: str) -> None:
        job = self.does(
            who,
            closing.approve(self.year, who),
            lambda session, actor: approve_cycle(
                session, actor, self.year.now, self.cycle(session)
            ),
        )
        if job is not None:
            settings = replace(self.ground.settings, database_url=self.db.url)
            Jobs(settings, self.db).finish(job)

    @precondition(in_time("result_approval"))
    @rule(who=by("finance", "director", "hr"))
    def approve_late(self, who: str) -> None:
        self.does(
            who,
            closing.approve_late(self.year, who),
            lambda session, actor: approve_late(session, actor, self.year.now, self.cycle(session)),
        )

    @precondition(in_time("closed"))
    @rule(who=by("hr", "hr", "finance"))
    def close(self, who: str) -> None:
        self.does(
            who,
            closing.close(self.year, who),
            lambda session, actor: close_cycle(session, actor, self.year.now, self.cycle(session)),
        )
