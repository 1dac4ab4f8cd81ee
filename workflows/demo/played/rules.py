"""The rules of the second half: the quarterly appraisal's next version, and two more cycles."""

from __future__ import annotations

from sqlalchemy.orm import Session

from engine.policies import load
from workflows.comments.operations import add_comment, begin_thread
from workflows.demo.calendar import SALES
from workflows.demo.played.days import HALF_YEARLY, MONTHLY, SECOND_HALF
from workflows.demo.played.play import Play
from workflows.demo.rules import consult, publish
from workflows.library.beginning import Wanted, begin_from_template
from workflows.rulebook.cases import differing, taken_over
from workflows.rulebook.drafts import draft_file, save_draft, start_draft
from workflows.rulebook.reading import edit_of, open_draft
from workflows.rulebook.shipped import RULES_FOLDER
from workflows.rulebook.tables import PolicyDraft

_FOLDER = RULES_FOLDER / "demo"


def draft_quarterly(play: Play) -> None:
    """Write the quarterly appraisal's next version, and have it discussed."""
    with play.writing() as session:
        draft = start_draft(session, play.who("hr"), play.now(), code=SALES)
        text = (_FOLDER / "quarterly" / "policy.yaml").read_text(encoding="utf-8")
        _save(play, session, draft, text)
        asked = begin_thread(
            session,
            play.who("director"),
            play.now(),
            draft,
            path="kpis.teamwork.weight",
            text="协作只占 5%，够不够让老员工愿意带人？",
        )
        add_comment(
            session,
            play.who("hr"),
            play.now(),
            draft,
            asked.id,
            deed="said",
            text="先用半年：另有协助成交奖，每次 300 元，由商机负责人确认。",
        )
        add_comment(
            session, play.who("director"), play.now(), draft, asked.id, deed="resolved", text=""
        )
        consult(play.stage, session, draft, play.day, play.minutes(taken=20))


def publish_quarterly(play: Play) -> None:
    """Publish it for the second half, by all who have to agree."""
    with play.writing() as session:
        draft = open_draft(session, SALES)
        reason = "上半年员工反映结果出来之前看不到数、也没有地方说话：加入核对、述职、面谈与申诉"
        publish(
            play.stage, session, "hr", draft, play.day, SECOND_HALF, reason, play.minutes(taken=100)
        )


def publish_others(play: Play) -> None:
    """Publish the monthly appraisal, begun from the library, and the half-yearly one."""
    with play.writing() as session:
        wanted = Wanted(
            MONTHLY,
            zh="华东销售月度考核",
            en="Monthly appraisal of salespeople in the East",
            period="month",
            role="salesperson",
            regions=("华东大区",),
            year=2025,
        )
        draft = begin_from_template(
            session, play.who("hr"), play.now(), wanted, template="monthly-sales"
        )
        _save(play, session, draft, _monthly(edit_of(session, draft, draft.seq).text))
        _publish(play, session, draft, "季度太长，华东先试行每月一次的轻量考核")
    with play.writing() as session:
        text = (_FOLDER / "half-yearly" / "policy.yaml").read_text(encoding="utf-8")
        draft = draft_file(
            session, play.who("hr"), play.now(), text=text, cases=None, file=HALF_YEARLY
        )
        _publish(play, session, draft, "发展与培训安排需要比季度更长的观察期")


def _publish(play: Play, session: Session, draft: PolicyDraft, reason: str) -> None:
    consult(play.stage, session, draft, play.day, play.minutes(taken=20))
    minutes = play.minutes(taken=100)
    publish(play.stage, session, "hr", draft, play.day, SECOND_HALF, reason, minutes)


def _monthly(text: str) -> str:
    """Write how long one may appeal into the template's text."""
    return text + "\nappeals: {days: 5, answer_days: 10}\n"


def _save(play: Play, session: Session, draft: PolicyDraft, text: str) -> None:
    """Save a text as the draft's next edit; what its cases expect follows it."""
    before = edit_of(session, draft, draft.seq)
    cases = before.cases
    if cases is not None:
        code = draft.policy.code
        cases = taken_over(cases, differing(load(text, code), cases, code), code)
    save_draft(session, play.who("hr"), play.now(), draft, seen=draft.seq, text=text, cases=cases)
