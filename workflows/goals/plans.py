"""A year's plan: begun, given its goals, changed by versions with a reason, approved."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from engine.errors import N_, KaohengError, Kind, Place, refuse
from workflows.access.actors import Actor
from workflows.access.approvals import is_by
from workflows.access.decide import allow, allow_everywhere
from workflows.accounts.tables import Account
from workflows.base.conditional import change_if
from workflows.goals.gaps import fault_of, gaps
from workflows.goals.offers_kept import keep_offers
from workflows.goals.store import Values, insert_nodes, load_trees
from workflows.goals.tables import Goal, GoalNode, GoalPlan, GoalVersion
from workflows.log.append import append
from workflows.log.leaf import Subject

FIRST_YEAR, LAST_YEAR = 2000, 2199
_COPIED = (
    "goal_id", "kind", "unit_id", "person_id", "label", "amount", "ratio", "reason", "factors",
    "given", "locked", "months", "shape", "by", "factor", "round_to", "reserve", "reserve_rate",
    "split_reason",
)  # fmt: skip


def new_plan(session: Session, actor: Actor, now: datetime, *, year: int, name: str) -> GoalPlan:
    """Begin the goal plan of a year, with an empty first version. CONFLICT where there is one."""
    allow_everywhere(actor, "plan_goals")
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise refuse(
            "goals.year",
            N_("{year} is no year to plan for."),
            N_("Write the calendar year, such as 2026."),
            place=Place(path="year"),
            year=year,
        )
    if session.scalar(select(GoalPlan.id).where(GoalPlan.year == year)) is not None:
        raise refuse(
            "goals.plan_there",
            N_("There is a goal plan of {year} already."),
            N_("Change that one: a new version, with a reason, when it is approved."),
            kind=Kind.CONFLICT,
            year=year,
        )
    plan = GoalPlan(
        year=year, name=name.strip() or str(year), author_id=actor.account_id, created_at=now
    )
    session.add(plan)
    session.flush()
    session.add(_version(plan, 1, "", actor, now))
    log_plan(session, "new_goal_plan", actor, now, plan)
    return plan


def find_plan(session: Session, actor: Actor, year: int) -> GoalPlan:
    """Return the plan of a year; refuse with ``MISSING``."""
    allow(actor, "read_goals")
    plan = session.scalar(select(GoalPlan).where(GoalPlan.year == year))
    if plan is None:
        raise refuse(
            "goals.no_plan",
            N_("There is no goal plan of {year}."),
            N_("HR begins one under Goals, or with `kaoheng goals new {year}`."),
            kind=Kind.MISSING,
            year=year,
        )
    return plan


def find_goal(session: Session, plan: GoalPlan, code: str) -> Goal:
    """Return a company goal of the plan; refuse with ``MISSING``."""
    goal = session.scalar(
        select(Goal).where(Goal.plan_id == plan.id, Goal.code == code, Goal.person_id.is_(None))
    )
    if goal is None:
        raise refuse(
            "goals.no_goal",
            N_("The plan of {year} has no company goal {code!r}."),
            N_("See its goals with `kaoheng goals list {year}`."),
            kind=Kind.MISSING,
            year=plan.year,
            code=code,
        )
    return goal


def newest_version(session: Session, plan: GoalPlan, seq: int | None = None) -> GoalVersion:
    """Return the version being worked on or, where there is none, the newest; or number ``seq``."""
    found: GoalVersion | None = session.scalar(
        select(GoalVersion)
        .where(GoalVersion.plan_id == plan.id)
        .where(GoalVersion.seq == seq if seq else True)  # type: ignore[arg-type]
        .order_by(GoalVersion.seq.desc())
        .limit(1)
    )
    if found is None:
        raise refuse(
            "goals.no_version",
            N_("The plan of {year} has no version {seq}."),
            N_("See them with `kaoheng goals history {year}`."),
            kind=Kind.MISSING,
            year=plan.year,
            seq=seq,
        )
    return found


def approved_version(session: Session, year: int) -> GoalVersion | None:
    """Return the version of a year's plan that is in force, if any."""
    return session.scalar(
        select(GoalVersion)
        .join(GoalVersion.plan)
        .where(GoalPlan.year == year, GoalVersion.state == "approved")
    )


def new_version(
    session: Session, actor: Actor, now: datetime, plan: GoalPlan, *, reason: str
) -> GoalVersion:
    """Begin a new version of an approved plan as a copy, to be changed, with the reason for it.

    What was agreed with people stays agreed as long as their figures stay. Raises ``KaohengError``
    without a reason, and with CONFLICT while another version is being worked on.
    """
    allow_everywhere(actor, "plan_goals")
    said = require_reason(reason)
    latest = newest_version(session, plan)
    if latest.state != "approved":
        raise refuse(
            "goals.version_open",
            N_("Version {seq} of the plan is still being worked on, or waits for its approval."),
            N_("Finish that one; a new version begins from an approved plan."),
            kind=Kind.CONFLICT,
            seq=latest.seq,
        )
    version = _version(plan, latest.seq + 1, said, actor, now)
    session.add(version)
    session.flush()
    _copy_nodes(session, latest, version)
    keep_offers(session, latest, version)
    log_plan(session, "change_goal_plan", actor, now, plan, seq=version.seq, reason=said)
    return version


def submit_version(session: Session, actor: Actor, now: datetime, version: GoalVersion) -> None:
    """Hand a draft in for approval; refuse it with every node that does not reconcile."""
    allow_everywhere(actor, "plan_goals")
    trees = load_trees(session, version)
    if not trees:
        raise refuse(
            "goals.empty",
            N_("The plan has no company goal yet."),
            N_("Add one on the plan's page, or with `kaoheng goals add {year} <code>`."),
            kind=Kind.CONFLICT,
            year=version.plan.year,
        )
    if faults := [fault_of(gap) for tree in trees for gap in gaps(tree.root)]:
        raise KaohengError(faults, Kind.CONFLICT)
    _move(session, version, "draft", "submitted", submitter_id=actor.account_id, submitted_at=now)
    log_plan(session, "submit_goal_plan", actor, now, version.plan, seq=version.seq)


def withdraw_version(session: Session, actor: Actor, now: datetime, version: GoalVersion) -> None:
    """Take a submitted version back to be changed again."""
    allow_everywhere(actor, "plan_goals")
    _move(session, version, "submitted", "draft", submitter_id=None, submitted_at=None)
    log_plan(session, "withdraw_goal_plan", actor, now, version.plan, seq=version.seq)


def approve_version(session: Session, actor: Actor, now: datetime, version: GoalVersion) -> None:
    """Approve a submitted version: it is in force, and the one before it superseded.

    Whoever handed it in does not approve it. Scores that were given do not move: a cycle keeps
    its targets until ``take_goals``, and one that is locked keeps them for good.
    """
    allow_everywhere(actor, "approve_goal_plan")
    submitter = session.get(Account, version.submitter_id) if version.submitter_id else None
    if submitter is not None and is_by(actor, submitter):
        raise refuse(
            "goals.own_plan",
            N_("You handed this version in yourself."),
            N_("Somebody else approves it."),
            kind=Kind.DENIED,
        )
    session.execute(
        update(GoalVersion)
        .where(GoalVersion.plan_id == version.plan_id, GoalVersion.state == "approved")
        .values(state="superseded")
    )
    _move(session, version, "submitted", "approved", approver_id=actor.account_id, approved_at=now)
    log_plan(session, "approve_goal_plan", actor, now, version.plan, seq=version.seq)


def require_reason(reason: str) -> str:
    """Return a reason without the blanks around it; refuse none."""
    said = reason.strip()
    if not said:
        raise refuse(
            "goals.reason",
            N_("A change needs its reason."),
            N_("Say why in a sentence; it is shown beside the figure."),
            place=Place(path="reason"),
        )
    return said[:2000]


def log_plan(
    session: Session, action: str, actor: Actor, now: datetime, plan: GoalPlan, **details: object
) -> None:
    """Append an entry about the plan to the log."""
    append(
        session,
        action=action,
        actor=actor,
        subject=Subject("goal_plan", str(plan.year)),
        at=now,
        details=details,
    )


def _version(plan: GoalPlan, seq: int, reason: str, actor: Actor, now: datetime) -> GoalVersion:
    return GoalVersion(
        plan_id=plan.id,
        seq=seq,
        state="draft",
        version=0,
        reason=reason,
        author_id=actor.account_id,
        created_at=now,
    )


def _copy_nodes(session: Session, old: GoalVersion, new: GoalVersion) -> None:
    """Copy all trees, level by level."""
    below: defaultdict[int | None, list[GoalNode]] = defaultdict(list)
    for row in session.scalars(
        select(GoalNode).where(GoalNode.version_id == old.id).order_by(GoalNode.id)
    ):
        below[row.parent_id].append(row)
    level: list[tuple[GoalNode, int | None]] = [(row, None) for row in below[None]]
    while level:
        keys = insert_nodes(session, [_copied(row, new, parent) for row, parent in level])
        level = [
            (child, key) for (row, _), key in zip(level, keys, strict=True)
            for child in below[row.id]
        ]  # fmt: skip


def _copied(row: GoalNode, version: GoalVersion, parent: int | None) -> Values:
    same = {name: getattr(row, name) for name in _COPIED}
    return {**same, "version_id": version.id, "parent_id": parent}


def _move(
    session: Session, version: GoalVersion, before: str, after: str, **changes: object
) -> None:
    moved = change_if(
        session,
        update(GoalVersion)
        .where(
            GoalVersion.id == version.id,
            GoalVersion.state == before,
            GoalVersion.version == version.version,
        )
        .values(state=after, version=version.version + 1, **changes),
    )
    session.refresh(version)
    if not moved:
        raise refuse(
            "goals.version_state",
            N_("Version {seq} of the plan is not where this step begins any more."),
            N_("Look at it again: somebody was first."),
            kind=Kind.CONFLICT,
            seq=version.seq,
        )


def versions_of(session: Session, plan: GoalPlan) -> list[GoalVersion]:
    """Return the plan's versions, the newest first."""
    return list(
        session.scalars(
            select(GoalVersion)
            .where(GoalVersion.plan_id == plan.id)
            .order_by(GoalVersion.seq.desc())
        )
    )


def goals_in(session: Session, plan: GoalPlan) -> list[Goal]:
    """Return the plan's company goals, in the order in which they were stated."""
    return list(
        session.scalars(
            select(Goal).where(Goal.plan_id == plan.id, Goal.person_id.is_(None)).order_by(Goal.id)
        )
    )


def how_many_goals(session: Session, plan: GoalPlan) -> int:
    """Return how many goals the plan has, people's own among them."""
    count = select(func.count()).select_from(Goal).where(Goal.plan_id == plan.id)
    return session.scalar(count) or 0


def no_person(code: str) -> KaohengError:
    """Build the refusal of a code that is nobody's."""
    return refuse(
        "goals.no_person",
        N_("There is nobody with the code {code}."),
        N_("Write the code 工号 as the organisation has it."),
        kind=Kind.MISSING,
        code=code,
    )
