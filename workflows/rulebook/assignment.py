"""Who is under which policy 适用范围: nobody without one, nobody under two of the same kind.

Two policies are of the same kind for somebody where both appraise them in the same role by the
same length of period. Managers' policies stand beside those of their teams.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.canonical import from_canonical
from engine.errors import KaohengError
from engine.model import Policy
from engine.policies import load
from engine.reader import read
from engine.sheets.writing import written
from workflows.access.actors import Actor
from workflows.access.decide import allow_everywhere
from workflows.cycles.population import Member, in_scope, members_on
from workflows.cycles.presence import MEMBERSHIP_OF_SCOPE
from workflows.org.tables import Unit
from workflows.rulebook.standing import ruling
from workflows.rulebook.tables import PolicyDraft, PolicyEdit, PolicyVersion

NONE, DOUBLE, ONE = "none", "double", "one"
_FIRST = (NONE, DOUBLE, ONE)
_HEAD = ("language", "policy", "name", "period", "currency", "scope")


@dataclass(frozen=True, slots=True)
class Assigned:
    """Somebody in a role, in a team, and the policies that they are under."""

    member: Member
    role: str
    policies: tuple[Policy, ...]

    @property
    def state(self) -> str:
        """``none``, ``double`` (two of the same length of period) or ``one``."""
        lengths = Counter(policy.period for policy in self.policies)
        if not lengths:
            return NONE
        return DOUBLE if max(lengths.values()) > 1 else ONE


@dataclass(frozen=True, slots=True)
class Assignment:
    """Everybody on a day, gaps and doubles first, then by team and code.

    ``drafted`` are the codes of policies taken as their drafts say; ``unread`` those whose drafts
    do not say whom they are for, and which are taken as they are in force.
    """

    on: date
    policies: tuple[Policy, ...]
    rows: tuple[Assigned, ...]
    drafted: frozenset[str] = frozenset()
    unread: tuple[str, ...] = ()

    @property
    def counts(self) -> Mapping[str, int]:
        """How many are without a policy, under two of a kind, and right."""
        found = Counter(row.state for row in self.rows)
        return {state: found[state] for state in _FIRST}

    @property
    def people(self) -> Mapping[str, int]:
        """How many are under each policy, by its code."""
        return Counter(policy.policy for row in self.rows for policy in row.policies)


def assignment(
    session: Session, actor: Actor, on: date, *, drafts: bool = False, period: str = ""
) -> Assignment:
    """Return who is under which policy on a day.

    ``drafts`` takes open and submitted drafts instead of what is in force, and policies that are
    drafts only. ``period`` looks at policies of that length alone.
    """
    allow_everywhere(actor, "check_assignment")
    policies = {policy.policy: policy for policy in in_force(session, on)}
    drafted, unread = _drafts(session) if drafts else ({}, ())
    chosen = [
        policy
        for policy in ({**policies, **drafted}).values()
        if not period or policy.period == period
    ]
    return Assignment(
        on,
        tuple(chosen),
        tuple(sorted(_assigned(session, chosen, on), key=_order)),
        frozenset(drafted),
        unread,
    )


def in_force(session: Session, on: date) -> list[Policy]:
    """Return the policies in force on a day, by code, without those that appraise nobody."""
    versions = session.scalars(
        select(PolicyVersion).where(PolicyVersion.id == ruling(PolicyVersion.policy_id, on))
    )
    found = [from_canonical(version.canonical) for version in versions]
    return sorted((each for each in found if each.grades), key=lambda each: each.policy)


def shared_with(session: Session, policy: Policy, on: date) -> dict[str, int]:
    """Return the other policies of the same kind that ``policy`` shares people with on a day.

    By code, with how many people: what somebody who publishes it should know before.
    """
    role = policy.scope.role
    own = [each for each in members_on(session, role, on) if in_scope(policy.scope, each)]
    found = {
        other.policy: sum(in_scope(other.scope, each) for each in own)
        for other in in_force(session, on)
        if other.policy != policy.policy
        and (other.scope.role, other.period) == (role, policy.period)
    }
    return {code: count for code, count in found.items() if count}


def _assigned(session: Session, policies: Sequence[Policy], on: date) -> Iterable[Assigned]:
    session.scalars(select(Unit)).all()  # so that going up from a team asks the database no more
    for role in MEMBERSHIP_OF_SCOPE:
        of_role = [policy for policy in policies if policy.scope.role == role]
        # People of one team, post and rank are under the same policies.
        known: dict[tuple[int, str | None, str | None], tuple[Policy, ...]] = {}
        for member in members_on(session, role, on):
            kind = (member.team.id, member.person.post, member.person.rank)
            if kind not in known:
                known[kind] = tuple(each for each in of_role if in_scope(each.scope, member))
            yield Assigned(member, role, known[kind])


def _drafts(session: Session) -> tuple[dict[str, Policy], tuple[str, ...]]:
    """Return the policies as their drafts say, and the codes of the drafts that cannot be told."""
    rows = session.execute(
        select(PolicyDraft, PolicyEdit.text)
        .join(
            PolicyEdit,
            (PolicyEdit.draft_id == PolicyDraft.id) & (PolicyEdit.seq == PolicyDraft.seq),
        )
        .where(PolicyDraft.state.in_(("open", "submitted")))
    )
    found: dict[str, Policy] = {}
    unread: list[str] = []
    for draft, text in rows:
        try:
            found[draft.policy.code] = _head(text, draft.policy.code)
        except KaohengError:
            unread.append(draft.policy.code)
    return found, tuple(sorted(unread))


def _head(text: str, code: str) -> Policy:
    """Return whom a text is for and how often: a draft says so while its figures have faults."""
    plain = read(text, code).root.plain()
    return load("\n".join(f"{key}: {written(plain[key])}" for key in _HEAD if key in plain), code)


def _order(row: Assigned) -> tuple[int, str, str, str]:
    return _FIRST.index(row.state), row.member.team.code, row.role, row.member.person.code
