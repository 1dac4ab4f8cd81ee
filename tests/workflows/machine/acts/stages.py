"""Reviews are moved, graded, held back, approved and closed."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from tests.workflows.machine.machine import Machine, by, for_some, reasons, someone, stale, while_
from tests.workflows.machine.model import closing, stages
from tests.workflows.machine.model.people import PEOPLE
from tests.workflows.machine.model.results import GRADES
from tests.workflows.machine.model.state import Year
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


def movable(year: Year, person: str) -> bool:
    return any(_is_open(year, person, code) for code in STEP_FROM[year.reviews[person].stage])


def _is_open(year: Year, person: str, code: str) -> bool:
    step = stages.STEPS[code]
    return bool(step.by) and not stages.missing(year, person, step.requires)


def returnable(year: Year, person: str) -> bool:
    return any(stages.STEPS[code].reason for code in STEP_FROM[year.reviews[person].stage])


def calibrated(year: Year, person: str) -> bool:
    return year.reviews[person].stage == "calibration"


def holdable(year: Year, person: str) -> bool:
    """Mostly one at a time is held back, so that the others get on."""
    return year.state != "sealed" and not any(each.held for each in year.reviews.values())


def held(year: Year, person: str) -> bool:
    return year.reviews[person].held


def to_lock(year: Year) -> bool:
    return year.state == "open" and not stages.elsewhere(year, "checked", set())


def to_approve(year: Year) -> bool:
    apart = {person for person, review in year.reviews.items() if review.held}
    return year.state == "locked" and not stages.elsewhere(year, "result_approval", apart)


def to_approve_late(year: Year) -> bool:
    return year.state == "approved" and any(
        review.stage == "result_approval" and not review.held for review in year.reviews.values()
    )


def to_close(year: Year) -> bool:
    return year.state == "approved" and any(
        review.stage == "closed" and not review.sealed for review in year.reviews.values()
    )


class Stages(Machine):
    """Moves by one's role, and what belongs to the whole cycle."""

    @rule(
        who=by("owner", "leader", "hr", "hr", "director"),
        one=someone,
        which=st.integers(0, 2),
        reason=reasons,
        seen=st.sampled_from((None, *(0,) * 3, 1)),
    )
    def move(self, who: str, one: int, which: int, reason: bool, seen: int | None) -> None:
        """Move a review on, or back, from where it is."""
        person = self.pick(one, movable)
        from_here = STEP_FROM[self.year.reviews[person].stage]
        from_here = tuple(c for c in from_here if _is_open(self.year, person, c)) or from_here
        if from_here:
            code = from_here[which % len(from_here)]
            self.moves(self.who(who, person), person, code, reason=reason, seen=seen)

    @precondition(for_some(returnable))
    @rule(who=by("hr", "director", "leader"), one=someone, reason=st.booleans())
    def send_back(self, who: str, one: int, reason: bool) -> None:
        person = self.pick(one, returnable)
        back = [c for c in STEP_FROM[self.year.reviews[person].stage] if stages.STEPS[c].reason]
        if back:
            self.moves(self.who(who, person), person, back[0], reason=reason)

    @rule(
        who=by("owner", "leader", "hr"),
        person=st.sampled_from(PEOPLE),
        code=st.sampled_from(tuple(stages.STEPS)),
        reason=reasons,
    )
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

    @precondition(while_(to_lock))
    @rule(who=by("hr", "hr", "finance"), reason=st.booleans())
    def lock(self, who: str, reason: bool) -> None:
        self.does(
            who,
            stages.lock(self.year, who, reason=reason),
            lambda session, actor: lock_cycle(
                session, actor, self.year.now, self.cycle(session), said[reason]
            ),
        )

    @precondition(for_some(calibrated))
    @rule(
        who=by("leader", "director", "hr"),
        one=someone,
        grade=st.sampled_from((*GRADES, *GRADES, "E")),
        reason=reasons,
        seen=stale,
    )
    def calibrate(self, who: str, one: int, grade: str, reason: bool, seen: int) -> None:
        person = self.pick(one, calibrated)
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

    @precondition(for_some(holdable))
    @rule(who=by("hr"), one=someone, reason=reasons)
    def hold(self, who: str, one: int | str, reason: bool) -> None:
        person = self.pick(one, holdable)
        name = self.who(who, person)
        self.does_to(
            name,
            person,
            closing.hold(self.year, name, person, reason=reason),
            lambda session, actor, review: hold_review(
                session, actor, self.year.now, review, reason=said[reason]
            ),
        )

    @precondition(for_some(held))
    @rule(who=by("hr"), one=someone, reason=reasons)
    def release(self, who: str, one: int, reason: bool) -> None:
        person = self.pick(one, held)
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

    @precondition(while_(to_approve))
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

    @precondition(while_(to_approve_late))
    @rule(who=by("finance", "director", "hr"))
    def approve_late(self, who: str) -> None:
        self.does(
            who,
            closing.approve_late(self.year, who),
            lambda session, actor: approve_late(session, actor, self.year.now, self.cycle(session)),
        )

    @precondition(while_(to_close))
    @rule(who=by("hr", "hr", "finance"))
    def close(self, who: str) -> None:
        self.does(
            who,
            closing.close(self.year, who),
            lambda session, actor: close_cycle(session, actor, self.year.now, self.cycle(session)),
        )
