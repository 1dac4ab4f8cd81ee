"""``kaoheng review``: where reviews stand, moving, calibrating, holding and reopening them."""

from __future__ import annotations

import click

from admin.cli.acting import actor, application
from admin.cli.output import printed, say
from engine.errors import N_, Fault, KaohengError
from workflows.application import Application
from workflows.calibration.operations import calibrate_review
from workflows.closing.holding import hold_review, release_review
from workflows.closing.reopening import decide_reopening, find_reopening, propose_reopening
from workflows.cycles.operations import find_cycle, policy_of
from workflows.reviews.moves import move_review
from workflows.reviews.reading import find_review, people_to_move, review_rows
from workflows.reviews.steps import find_step


@click.group()
def review() -> None:
    """Reviews 绩效考核表: one person in one cycle."""


@review.command("list")
@click.argument("code", metavar="CYCLE")
@printed(
    "person", "team", "stage", "waits_for", "since", "due", "held", "next", "total", "grade",
    "calibrated_grade",
)  # fmt: skip
def list_(code: str) -> list[dict[str, object]]:
    """List the reviews of CYCLE: where they stand, for whom they wait, what can happen next."""
    with application() as app, app.database.read() as session:
        cycle = find_cycle(session, code)
        return review_rows(session, actor(app, session), cycle, app.today())


@review.command()
@click.argument("code", metavar="CYCLE")
@click.argument("words", nargs=-1, required=True, metavar="(PERSON… | --all) TRANSITION")
@click.option("--all", "everybody", is_flag=True, help="Everybody in the cycle whom you may move.")
@click.option("--reason", help="Why; a transition back needs one.")
def move(code: str, words: tuple[str, ...], everybody: bool, reason: str | None) -> None:
    """Move reviews of CYCLE along TRANSITION; each is moved or refused on its own."""
    *people, transition = words
    if everybody == bool(people):
        raise click.UsageError("name people, or --all, and then the transition")
    with application() as app:
        with app.database.read() as session:
            cycle = find_cycle(session, code)
            # Said once here, not once for each person.
            find_step(policy_of(cycle), transition)
            if everybody:
                people = people_to_move(session, actor(app, session), cycle)
        faults = [
            fault for person in people for fault in _move(app, code, person, transition, reason)
        ]
    say(N_("Moved {moved} of {asked}."), moved=len(people) - len(faults), asked=len(people))
    if faults:
        raise KaohengError(faults)


@review.command()
@click.argument("code", metavar="CYCLE")
@click.argument("person")
@click.argument("grade")
@click.option("--reason", required=True, help="Why; it stays with the grade.")
def grade(code: str, person: str, grade: str, reason: str) -> None:
    """Give PERSON in CYCLE another GRADE in calibration, with a reason."""
    with application() as app, app.database.write() as session:
        cycle = find_cycle(session, code)
        calibrate_review(
            session,
            actor(app, session),
            app.clock(),
            find_review(session, cycle, person),
            policy_of(cycle),
            grade=grade,
            reason=reason,
        )
    say(N_("{person} in {cycle} is graded {grade}."), person=person, cycle=code, grade=grade)


@review.command()
@click.argument("code", metavar="CYCLE")
@click.argument("person")
@click.option("--reason", required=True, help="Why it waits, such as an open dispute.")
def hold(code: str, person: str, reason: str) -> None:
    """Hold PERSON's review in CYCLE back; it holds up nobody else."""
    with application() as app, app.database.write() as session:
        found = find_review(session, find_cycle(session, code), person)
        hold_review(session, actor(app, session), app.clock(), found, reason=reason)
    say(N_("{person} is held back in {cycle}."), person=person, cycle=code)


@review.command()
@click.argument("code", metavar="CYCLE")
@click.argument("person")
@click.option("--reason", required=True, help="Why it may go on.")
def release(code: str, person: str, reason: str) -> None:
    """Let PERSON's review in CYCLE go on."""
    with application() as app, app.database.write() as session:
        found = find_review(session, find_cycle(session, code), person)
        release_review(session, actor(app, session), app.clock(), found, reason=reason)
    say(N_("{person} goes on in {cycle}."), person=person, cycle=code)


@review.command()
@click.argument("code", metavar="CYCLE")
@click.argument("person")
@click.option("--reason", required=True, help="What came to light.")
@click.option("--approve", is_flag=True, help="Decide: open it again.")
@click.option("--decline", is_flag=True, help="Decide: leave it closed.")
def reopen(code: str, person: str, reason: str, approve: bool, decline: bool) -> None:
    """Propose to open PERSON's closed review in CYCLE again, or decide on the proposal."""
    if approve and decline:
        raise click.UsageError("--approve or --decline, not both")
    with application() as app, app.database.write() as session:
        found = find_review(session, find_cycle(session, code), person)
        who, now = actor(app, session), app.clock()
        if not (approve or decline):
            propose_reopening(session, who, now, found, reason=reason)
        else:
            proposed = find_reopening(session, who, found)
            decide_reopening(session, who, now, proposed, approve=approve, reason=reason)
    if not (approve or decline):
        say(N_("Proposed; somebody else decides."))
    else:
        say(N_("Decided on {person} in {cycle}."), person=person, cycle=code)


def _move(
    app: Application, code: str, person: str, transition: str, reason: str | None
) -> tuple[Fault, ...]:
    try:
        with app.database.write() as session:
            cycle = find_cycle(session, code)
            move_review(
                session,
                actor(app, session),
                app.clock(),
                find_review(session, cycle, person),
                policy_of(cycle),
                transition=transition,
                reason=reason,
            )
    except KaohengError as error:
        return error.faults
    return ()


commands = [review]
