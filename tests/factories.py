"""Rows for tests of pages: the small company with accounts, a cycle, reviews, grants, records."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import cache
from itertools import pairwise

import sqlalchemy as sa
from argon2 import PasswordHasher
from sqlalchemy.orm import Session

from engine.canonical import canonical_text, digest, from_canonical, lines
from engine.cells import typed
from engine.facts import wanted
from engine.model import Policy
from engine.policies import load
from tests.goals import add_goal_plan
from tests.organisation import NOW, add_organisation
from workflows.access.actors import Actor
from workflows.access.policy import Role
from workflows.accounts.tables import Account, AccountRole
from workflows.agreements.announcing import announce_cycle
from workflows.agreements.tables import Agreement
from workflows.appeals.tables import Appeal, AppealFile, AppealItem
from workflows.audits.tables import AuditedResult, ResultAudit
from workflows.calibration.tables import (
    CalibrationCard,
    CalibrationEvent,
    CalibrationParticipant,
    CalibrationSession,
    CalibrationUnit,
)
from workflows.claims.tables import CreditClaim
from workflows.comments.tables import Comment, CommentThread
from workflows.consultation.files import Attachment
from workflows.consultation.tables import Consultation, ConsultationFile, Opinion
from workflows.cycles.evaluation import TRIAL, Bytes, compute
from workflows.cycles.operations import policy_of
from workflows.cycles.tables import Cycle, Evaluation
from workflows.incentives.tables import LedgerEntry
from workflows.org.tables import Person, Unit
from workflows.plans.tables import Plan, PlanNote
from workflows.programme.tables import Survey
from workflows.publishing.tables import Submission
from workflows.reporting.tables import FigureFile, FigureProvider, FigureReport
from workflows.reviews.tables import GradeChange, Review, ReviewMove
from workflows.rulebook.shipped import policy_file
from workflows.rulebook.tables import (
    PolicyDraft,
    PolicyEdit,
    PolicyRow,
    PolicyVersion,
    Publication,
)
from workflows.simulation.effect import effect_of
from workflows.simulation.operations import answered
from workflows.simulation.tables import Candidate, CandidateResult, Simulation
from workflows.sources.tables import (
    CreditLine,
    QuarantinedRow,
    Record,
    RecordVersion,
    SourceImport,
)
from workflows.tracking.tables import CheckIn, Undertaking

PASSWORD = "correct horse 电池"
CYCLE = "east@2026-Q1"
CRM = """\
language: 1
source: crm
name: {zh: 客户系统, en: CRM}
files:
  deals: {name: deals.csv, format: csv}
records:
  deal:
    name: {zh: 商机, en: Deal}
    file: deals
    code: opportunity_id
    fields:
      close_value: {column: close_value, type: decimal, required: true}
    credits:
      - {person: sales_agent, share: 100%, role: owner}
"""
# Who signs in for a role in these tests, and who they are in the organisation.
PERSONS = {Role.MANAGER: "M1", Role.SALESPERSON: "S11"}


def add_world(session: Session) -> None:
    """Add everything that the pages show, with one account a role named after the role."""
    add_organisation(session)
    people = {person.code: person for person in session.scalars(sa.select(Person))}
    units = {unit.code: unit for unit in session.scalars(sa.select(Unit))}
    for role in Role:
        region = units["east"] if role is Role.HR_REGION else None
        session.add(account(role, people.get(PERSONS.get(role, "")), region))
    session.flush()
    cycle = _cycle(session)
    for code, person in sorted(people.items()):
        team = units["west-1" if code in ("M3", "S31", "S32", "S33") else "east-1"]
        _review(session, cycle, person, team)
    _submission(session)
    _data(session, people)
    _participation(session, cycle)
    add_goal_plan(session)
    _claims(session, cycle)
    _calibration(session, cycle)
    _appeals(session, cycle)
    session.flush()
    _audit(session, cycle)
    _tracking(session, cycle)
    _simulation(session, cycle)


def _simulation(session: Session, cycle: Cycle) -> None:
    """Add a simulation, by HR, of a version that weighs two KPIs otherwise."""
    policy, base = policy_of(cycle), cycle.policy_version
    weights = {"won_revenue": Decimal("0.3"), "new_customers_agent": Decimal("0.2")}
    kpis = (replace(kpi, weight=weights.get(kpi.code, kpi.weight)) for kpi in policy.kpis)
    other = replace(policy, kpis=tuple(kpis))
    tried = Candidate(
        seq=0, kind="draft", number=1, digest=digest(other), canonical=canonical_text(other)
    )
    simulation = Simulation(
        public_id="simulation-1",
        policy=base.policy,
        cycle=cycle,
        base=base,
        author_id=base.author_id,
        asked_at=NOW,
        state="done",
        done=2,
        steps=2,
        ended_at=NOW,
        candidates=[tried],
    )
    session.add(simulation)
    session.flush()
    found = answered(effect_of(session, cycle, policy, other))
    session.add(
        CandidateResult(
            candidate_id=tried.id, summary=found.summary, rows=found.rows, movers=found.movers
        )
    )
    session.flush()


def account(role: Role, person: Person | None = None, unit: Unit | None = None) -> Account:
    """Return an account that signs in with the role's name and ``PASSWORD``."""
    return Account(
        public_id=f"account-{role.value}",
        username=role.value,
        password=_hashed(),
        active=True,
        fs_uniquifier=uuid.uuid4().hex,
        person=person,
        created_at=NOW,
        roles=[AccountRole(role=role.value, unit=unit)],
    )


@cache
def _hashed() -> str:
    # A cheap hash: its parameters travel with it, and what verifies it is the real thing.
    return PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)


def _submission(session: Session) -> None:
    """Add a policy that somebody no longer of HR handed in, and that waits for its approval."""
    left = sa.select(Account.id).where(Account.username == "administrator")
    submitter = session.scalars(left).one()
    version = _version("west", state="submitted", author_id=None)
    draft = PolicyDraft(policy=version.policy, state="submitted", seq=0)
    session.add_all([version, draft])
    session.flush()
    draft.version_id = version.id
    session.add(PolicyEdit(draft_id=draft.id, seq=0, text=version.text, saved_at=NOW))
    session.add(
        Submission(
            draft=draft,
            edit_seq=0,
            frozen=version,
            submitter_id=submitter,
            submitted_at=NOW,
            effective_on=date(datetime.now(UTC).year + 2, 1, 1),
            reason="新区域",
            moves_money=True,
            is_retroactive=False,
            state="open",
            version=0,
        )
    )


def _version(code: str, **more: object) -> PolicyVersion:
    text = policy_file("sales-quarterly").read_text(encoding="utf-8")
    text = text.replace("policy: sales-quarterly", f"policy: {code}")
    policy = load(text, f"{code}.yaml")
    return PolicyVersion(
        policy=PolicyRow(code=code, name={"zh": "季度销售考核", "en": "Quarterly sales"}),
        seq=1,
        digest=digest(policy),
        text=text,
        text_sha256="e2" * 32,
        canonical=canonical_text(policy),
        created_at=NOW,
        **more,
    )


# What the policy's measures look at, in the records.
MEASURED = ("stage", "amount", "list_price", "customer", "opened_on", "closed_on")


def _evaluated(policy: Policy, people: Iterable[str]) -> Bytes:
    """Score everybody on some figures, as a lock would."""
    wants = [want for want in wanted(policy) if want.name != "calibrated_grade"]
    rows = [
        {want.name: person if want.name == "person" else "7" for want in wants} for person in people
    ]
    return compute(policy, TRIAL, lines(typed(wants, rows, "facts")))


def _cycle(session: Session) -> Cycle:
    author = session.scalar(sa.select(Account.id).where(Account.username == "hr"))
    version = _version(
        "east",
        state="published",
        author_id=author,
        publisher_id=author,
        published_at=NOW,
        reason="新季度",
    )
    cycle = Cycle(
        code=CYCLE,
        policy_version=version,
        period="2026-Q1",
        starts_on=date(2026, 1, 1),
        ends_on=date(2026, 4, 1),
        state="approved",
        version=3,
        opened_at=NOW,
        locked_at=NOW,
        approved_at=NOW,
        approver_id=author,
    )
    draft = PolicyDraft(policy=version.policy, base=version, state="open", seq=0)
    session.add_all([cycle, draft])
    session.flush()
    session.add(
        Publication(
            policy_id=version.policy_id,
            version_id=version.id,
            published_at=NOW,
            publisher_id=author,
            reason="新季度",
            is_retroactive=False,
        )
    )
    session.flush()
    session.add(PolicyEdit(draft_id=draft.id, seq=0, text=version.text, saved_at=NOW))
    evaluated = _evaluated(
        from_canonical(version.canonical), session.scalars(sa.select(Person.code))
    )
    session.add(
        Evaluation(
            cycle_id=cycle.id,
            stage=TRIAL,
            version_digest=version.digest,
            inputs=evaluated.inputs,
            outputs=evaluated.outputs,
            grants=evaluated.grants,
            evaluated_at=NOW,
        )
    )
    return cycle


def _review(session: Session, cycle: Cycle, person: Person, team: Unit) -> None:
    number = int(person.code[1:])
    review = Review(
        public_id=f"review-{person.code}",
        cycle=cycle,
        person=person,
        team=team,
        stage="feedback" if number % 2 else "calibration",
        version=6,
        total=Decimal("86.42") - number,
        grade="B",
        calibrated_grade="A" if number % 3 == 0 else None,
    )
    session.add(review)
    session.flush()
    stages = ("goal_setting", "goal_approval", "tracking", "data_locked")
    for hours, (before, after) in enumerate(pairwise(stages)):
        session.add(
            ReviewMove(
                review_id=review.id,
                transition=f"to_{after}",
                from_stage=before,
                to_stage=after,
                actor_id=cycle.approver_id,
                reason=None,
                moved_at=NOW + timedelta(hours=hours),
            )
        )
    if review.calibrated_grade:
        session.add(
            GradeChange(
                review_id=review.id,
                grade_before="B",
                grade_after="A",
                actor_id=cycle.approver_id,
                reason="带教新人",
                changed_at=NOW,
            )
        )
    _grants(session, review, number)


def _appeals(session: Session, cycle: Cycle) -> None:
    """Add an appeal of everybody, against their total, that nobody handles yet."""
    for review in session.scalars(sa.select(Review).where(Review.cycle_id == cycle.id)):
        total = AppealItem(
            name="total",
            title={"zh": "总分", "en": "total"},
            value="86.42",
            unit="points",
            explanation={"formula": "a + b", "filled": "80 + 6.42"},
        )
        appeal = Appeal(
            public_id=f"appeal-{review.person.code}",
            review=review,
            seq=1,
            state="submitted",
            version=0,
            reason="漏算了一单",
            submitted_at=NOW,
            answer_due=NOW + timedelta(days=10),
            items=[total],
        )
        session.add(appeal)
        if review.person.code == "S11":
            shows = Attachment("合同.pdf", "application/pdf", b"%PDF-1 ")
            by = session.scalars(sa.select(Account).where(Account.username == "salesperson")).one()
            session.flush()
            session.add(
                AppealFile(appeal_id=appeal.id, account_id=by.id, added_at=NOW, **shows.columns)
            )


def _audit(session: Session, cycle: Cycle) -> None:
    """Add a sample with the result of S11, which waits to be checked."""
    auditor = session.scalars(sa.select(Account).where(Account.username == "auditor")).one()
    review = session.scalars(sa.select(Review).where(Review.public_id == "review-S11")).one()
    line = AuditedResult(review=review, stratum="east-1", state="open", version=0, checks=[])
    session.add(
        ResultAudit(
            public_id="audit-1",
            cycle=cycle,
            seq=1,
            size=1,
            strata="unit",
            seed="seed",
            population=8,
            population_sha256="ab" * 32,
            drawer=auditor,
            drawn_at=NOW,
            lines=[line],
        )
    )


def _grants(session: Session, review: Review, number: int) -> None:
    bonus = LedgerEntry(
        review=review,
        person=review.person,
        rule="quarter_bonus",
        kind="bonus",
        seq=0,
        amount_minor=123456 + number,
        currency="CNY",
        exponent=2,
        detail={"grade": "B"},
        entered_at=NOW,
    )
    course = LedgerEntry(
        review=review,
        person=review.person,
        rule="negotiation_course",
        kind="training",
        seq=0,
        detail={},
        entered_at=NOW,
    )
    session.add_all([bonus, course])
    session.flush()
    if number == 11:
        session.add(
            LedgerEntry(
                review=review,
                person=review.person,
                rule="quarter_bonus",
                kind="reversal",
                seq=0,
                amount_minor=-(bonus.amount_minor or 0),
                currency="CNY",
                exponent=2,
                detail={},
                reverses_id=bonus.id,
                entered_at=NOW,
            )
        )


def _participation(session: Session, cycle: Cycle) -> None:
    """Give everybody their copy, and the draft a comment and a consultation with a file."""
    announce_cycle(session, Actor("account-hr", ()), NOW, cycle)
    for copy in session.scalars(sa.select(Agreement)):
        copy.public_id = f"copy-{copy.person.code}"
    of_east = PolicyDraft.policy.has(code="east")
    draft = session.scalars(sa.select(PolicyDraft).where(of_east)).one()
    hr = cycle.approver_id
    thread = CommentThread(draft_id=draft.id, path=None, trail=[], state="open")
    thread.comments = [Comment(edit_seq=0, deed="said", text="带教新人", author_id=hr, said_at=NOW)]
    held = Consultation(
        public_id="held-1",
        draft_id=draft.id,
        kind="discussion",
        held_on=date(2026, 1, 20),
        participants="公司",
        text="新季度",
        recorder_id=hr,
        recorded_at=NOW,
        opinions=[Opinion(said_by="公司", text="带教新人")],
        files=[
            ConsultationFile(
                name="花名册.xlsx",
                media_type="application/pdf",
                size=5,
                sha256="ab" * 32,
                content=b"%PDF-",
            )
        ],
    )
    session.add_all([thread, held])


def _tracking(session: Session, cycle: Cycle) -> None:
    """Give everybody a check-in, a measure and a plan, each team a meeting, and ask a survey."""
    reviews = session.scalars(sa.select(Review).where(Review.cycle_id == cycle.id)).all()
    for review in reviews:
        code, day = review.person.code, date(2026, 2, 10)
        session.add(_check_in(f"check-in-{code}", cycle, day, review_id=review.id))
        session.add(
            Undertaking(
                public_id=f"measure-{code}",
                review_id=review.id,
                what="每周回访客户",
                owner_id=review.person_id,
                due_on=day,
                state="open",
                agreed_at=NOW,
            )
        )
        session.add(
            Plan(
                public_id=f"plan-{code}",
                kind="improvement",
                person_id=review.person_id,
                review_id=review.id,
                state="running",
                version=3,
                goal="提高赢单率",
                starts_on=day,
                ends_on=date(2026, 4, 10),
                diagnosis=[],
                drafted_at=NOW,
                person_agreed_at=NOW,
                manager_agreed_at=NOW,
                started_at=NOW,
                notes=[PlanNote(kind="training", happened_on=day, text="带教新人", noted_at=NOW)],
            )
        )
    for unit in session.scalars(sa.select(Unit).where(Unit.kind == "team")):
        there = _check_in(f"meeting-{unit.code}", cycle, date(2026, 2, 11), unit_id=unit.id)
        session.add(there)
    session.add(
        Survey(
            public_id="survey-1",
            quarter="2025-Q4",
            closes_on=date(2100, 1, 1),
            state="open",
            opened_at=NOW,
        )
    )
    session.flush()


def _check_in(public_id: str, cycle: Cycle, day: date, **about: int) -> CheckIn:
    return CheckIn(
        public_id=public_id,
        kind="one_to_one" if "review_id" in about else "team",
        rhythm="weekly",
        cycle_id=cycle.id,
        planned_on=day,
        state="planned",
        version=0,
        planned_at=NOW,
        **about,
    )


def _claims(session: Session, cycle: Cycle) -> None:
    """Have HR's account keep a claim of everybody's, for a deal that is to come."""
    reviews = session.scalars(sa.select(Review).where(Review.cycle_id == cycle.id))
    accounts = {each.username: each for each in session.scalars(sa.select(Account))}
    named = {"reporter": accounts["finance"], "checker": accounts["hr"]}
    policy_id = cycle.policy_version.policy_id
    session.add_all(
        [
            FigureProvider(policy_id=policy_id, name="survey", named_at=NOW, **named),
            FigureReport(
                public_id="report-1",
                cycle=cycle,
                name="survey",
                state="reported",
                figures={"S11": "88"},
                note="",
                reporter=accounts["finance"],
                reported_at=NOW,
                files=[
                    FigureFile(
                        name="问卷.pdf",
                        media_type="application/pdf",
                        size=5,
                        sha256="ab" * 32,
                        content=b"%PDF-",
                    )
                ],
            ),
        ]
    )
    session.add_all(
        CreditClaim(
            public_id=f"claim-{review.person.code}",
            kind="missing",
            state="waiting",
            version=0,
            review=review,
            person=review.person,
            contract=f"HT-{review.person.code}",
            reason="漏单",
            opened_by=cycle.approver_id,
            opened_at=NOW,
        )
        for review in reviews
    )


def _calibration(session: Session, cycle: Cycle) -> None:
    """Add a session over the first team: the manager takes part, and is on the board."""
    team = session.scalars(sa.select(Unit).where(Unit.code == "east-1")).one()
    asked = sa.select(Account.id).where(Account.username.in_(["manager", "hr_region"]))
    reviews = sa.select(Review.id).where(Review.team_id == team.id)
    sitting = CalibrationSession(
        public_id="sitting-1",
        cycle_id=cycle.id,
        name="east-1",
        state="open",
        version=0,
        minutes="",
        opened_at=NOW,
        units=[CalibrationUnit(unit_id=team.id)],
        participants=[CalibrationParticipant(account_id=each) for each in session.scalars(asked)],
        events=[CalibrationEvent(deed="opened", actor_id=cycle.approver_id, happened_at=NOW)],
    )
    session.add(sitting)
    session.flush()
    session.add_all(
        CalibrationCard(session_id=sitting.id, review_id=each, unit_id=team.id)
        for each in session.scalars(reviews)
    )


def _data(session: Session, people: dict[str, Person]) -> None:
    run = SourceImport(
        public_id="import-1",
        source="crm",
        source_text=CRM,
        state="done",
        files=[{"name": "deals.csv", "sha256": "ab" * 32, "rows": 40}],
        counts={"deal": {"new": 9, "corrected": 0, "unchanged": 0}, "quarantined": 1},
        started_at=NOW,
        finished_at=NOW,
    )
    session.add(run)
    session.flush()
    session.add_all(
        QuarantinedRow(
            import_id=run.id,
            seq=seq,
            part="deal",
            file="deals.csv",
            line=16 + seq,
            column="close_value",
            code="row.number",
            message="“{value}” is not a number.",
            remedy="",
            params={"value": "abc"},
            row={"opportunity_id": f"X{seq}", "close_value": "abc", "sales_agent": "S11"},
        )
        for seq in (1, 2)
    )
    for code, person in sorted(people.items()):
        _record(session, run, "deal", f"DEAL/{code}", person)
    _record(session, run, "customer", "ACME", None)


def _record(
    session: Session, run: SourceImport, kind: str, code: str, person: Person | None
) -> None:
    record = Record(kind=kind, code=code, source="crm")
    session.add(record)
    session.flush()
    version = RecordVersion(
        record=record,
        seq=1,
        import_id=run.id,
        digest="cd" * 32,
        fields={"close_value": "1054", "close_date": "2026-01-12", **dict.fromkeys(MEASURED, "1")},
    )
    if person is not None:
        version.credits = [CreditLine(person_id=person.id, role="owner", share=Decimal(1))]
    session.add(version)
    session.flush()
    record.current_version_id = version.id
