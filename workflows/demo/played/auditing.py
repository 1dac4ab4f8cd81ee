"""The auditor's sample of a sealed quarter: signed off, found fault with, and left to visitors."""

from __future__ import annotations

from sqlalchemy.orm import Session

from workflows.audits.operations import CHECKS, answer_finding, check_result, draw_sample
from workflows.audits.reading import audits_of, find_audit, find_line
from workflows.audits.tables import FINDING, OPEN, ResultAudit
from workflows.cycles.operations import find_cycle
from workflows.demo.played.play import Play


def draw(play: Play, code: str, size: int) -> None:
    """Draw a sample of a cycle's results."""
    with play.writing() as session:
        cycle = find_cycle(session, code)
        draw_sample(session, play.who("auditor"), play.now(), cycle, size=size)


def check(play: Play, code: str, findings: tuple[str, ...], left: int) -> None:
    """Say what was found of the first, sign the others off, and leave the last ``left`` open."""
    for place, person in enumerate(_people(play, code, OPEN)):
        found = findings[place] if place < len(findings) else ""
        with play.writing() as session:
            audit = _audit(play, session, code)
            if place < len(audit.lines) - left:
                check_result(
                    session, play.who("auditor"), play.now(), find_line(audit, person),
                    sound=not found, checks=CHECKS, note=found,
                )  # fmt: skip


def answer(play: Play, code: str, said: str) -> None:
    """Have HR answer the first finding."""
    person = _people(play, code, FINDING)[0]
    with play.writing() as session:
        line = find_line(_audit(play, session, code), person)
        answer_finding(session, play.who("hr"), play.now(), line, answer=said)


def _people(play: Play, code: str, state: str) -> list[str]:
    with play.stage.app.database.read() as session:
        lines = _audit(play, session, code).lines
        return [line.review.person.code for line in lines if line.state == state]


def _audit(play: Play, session: Session, code: str) -> ResultAudit:
    """Return the newest audit of a cycle."""
    auditor = play.who("auditor")
    newest = audits_of(session, auditor, find_cycle(session, code))[0]
    return find_audit(session, auditor, newest.audit.public_id)
