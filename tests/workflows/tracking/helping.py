"""The played company under a policy with alerts, plans and paths, and who acts in it."""

from __future__ import annotations

from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Session

from engine.canonical import canonical_text, digest
from engine.policies import load
from tests.organisation import actor
from tests.played import CODE, Played
from workflows.access.actors import Actor
from workflows.access.policy import Role
from workflows.cycles.operations import find_cycle
from workflows.reviews.reading import find_review
from workflows.reviews.tables import Review
from workflows.rulebook.shipped import policy_file
from workflows.rulebook.tables import PolicyVersion

# 60% of the quarter (92 days from 1 October 2017) is gone on 25 November: 55 of 92 days.
LATE = date(2017, 11, 26)
RULES = """\
alerts:
  behind:
    name: {zh: 进度落后, en: behind the pace}
    when: time.gone >= 60% and won_deals.attainment < 40%
    to: [owner, manager, hr]
    often: worse
    gauge: won_deals.attainment
    step: 10%
plans:
  coaching:
    name: {zh: 转化辅导, en: coaching on conversion}
    when: won_deals.attainment < 40%
    kpi: won_deals
    goal: {zh: 多赢单, en: win more}
    training: {zh: 需求访谈, en: asking what is needed}
    weeks: 8
paths:
  lead:
    name: {zh: 晋升经理, en: to manager}
    from: 专员
    to: 经理
    when: past.cycles >= 1 and past.last_total >= 0
"""


def ruled(game: Played) -> Played:
    """Open the cycle under the shipped policy with ``RULES`` added to it."""
    game.open()
    text = policy_file("sales-quarterly").read_text(encoding="utf-8") + RULES
    policy = load(text, "policy.yaml")
    with game.database.write() as session:
        values = {"text": text, "canonical": canonical_text(policy), "digest": digest(policy)}
        session.execute(sa.update(PolicyVersion).values(**values))
    return game


def review_of(session: Session, person: str) -> Review:
    return find_review(session, find_cycle(session, CODE), person)


def manager(session: Session, person: str = "M1") -> Actor:
    return actor(session, Role.MANAGER, person)


def salesperson(session: Session, person: str = "S11") -> Actor:
    return actor(session, Role.SALESPERSON, person)
