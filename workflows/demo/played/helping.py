"""Contributions: assists with colleagues' deals and sharing sessions, confirmed by others."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select

from workflows.contributions.claiming import Claim, answer_contribution, claim_contribution
from workflows.contributions.tables import Contribution
from workflows.demo.played.confirming import deal_of
from workflows.demo.played.play import Play


def assist(play: Play, person: str, owner: str, since: date) -> None:
    """Have somebody claim that they helped with a colleague's deal."""
    with play.writing() as session:
        deal = deal_of(session, owner, since)
        if deal is not None:
            claim = Claim("assist", "一起做方案演示，负责报价部分", play.day, deal=deal.code)
            claim_contribution(session, play.who(person), play.now(), claim)


def sharing(play: Play, person: str, host: str) -> None:
    """Have somebody claim that they shared what they know at a colleague's session."""
    with play.writing() as session:
        claim = Claim("sharing", "在周会上讲了制造业客户的常见顾虑", play.day, host=host)
        claim_contribution(session, play.who(person), play.now(), claim)


def confirm(play: Play, person: str) -> None:
    """Have somebody confirm everything that they are asked to."""
    actor = play.who(person)
    with play.writing() as session:
        query = select(Contribution).where(
            Contribution.confirmer_id == actor.person_id, Contribution.state == "claimed"
        )
        for each in session.scalars(query):
            answer_contribution(session, actor, play.now(), each, confirm=True)
