"""Whose approvals the results of a cycle have, and whose they still wait for.

An approval holds for the results that its approver saw: when a grade is calibrated anew
between two approvals, the first has to be given again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import canonical
from engine.errors import N_, Kind, refuse
from engine.model import Policy
from workflows.access import approvals as by_role
from workflows.access.actors import Actor
from workflows.access.approvals import gave_one, role_to_give
from workflows.cycles.apart import late_facts
from workflows.cycles.evaluation import final_facts
from workflows.cycles.operations import policy_of
from workflows.cycles.tables import Cycle, CycleApproval
from workflows.reviews.tables import Review
from workflows.stages.naming import cycle_called


@dataclass(frozen=True, slots=True)
class Approvals:
    """``given`` are all, oldest first; ``holding`` those of them that are of today's results."""

    needed: tuple[str, ...]
    given: tuple[CycleApproval, ...]
    holding: tuple[CycleApproval, ...]

    @property
    def missing(self) -> tuple[str, ...]:
        """The approvals that the results still wait for: a role, or ``a|b`` for either."""
        return by_role.missing(self.needed, self.holding)

    def wait_for(self, actor: Actor) -> bool:
        """Say whether it is ``actor``'s turn: their role is missing and they gave no other's."""
        return role_to_give(actor, self.needed, self.holding) is not None


def approvals_of(
    session: Session, cycle: Cycle, needed: Sequence[str], late: Sequence[Review] = ()
) -> Approvals:
    """Return the approvals of a cycle, of which the roles ``needed`` must each give one.

    ``late`` are those who were held back when the others were approved, and whose approval it is.
    """
    given = tuple(
        session.scalars(
            select(CycleApproval)
            .where(CycleApproval.cycle_id == cycle.id)
            .order_by(CycleApproval.id)
        )
    )
    today = _results(session, cycle, policy_of(cycle), late) if given else ""
    holding = tuple(approval for approval in given if approval.inputs_sha256 == today)
    return Approvals(tuple(needed), given, holding)


def give_approval(
    session: Session,
    actor: Actor,
    now: datetime,
    cycle: Cycle,
    policy: Policy,
    needed: Sequence[str],
    late: Sequence[Review] = (),
) -> tuple[CycleApproval, tuple[str, ...]]:
    """Note the approval of ``actor``; part of ``approve_cycle`` and ``approve_late``.

    Returns it with the roles still missing. Raises ``KaohengError``: ``CONFLICT`` for somebody
    who approved before, ``DENIED`` for somebody whose approval is not asked for.
    """
    before = approvals_of(session, cycle, needed, late)
    role = role_to_give(actor, needed, before.holding)
    if role is None:
        raise _not_asked(cycle, before, actor)
    assert actor.account_id is not None, "roles that approve are an account's"
    approval = CycleApproval(
        cycle_id=cycle.id,
        role=role,
        inputs_sha256=_results(session, cycle, policy, late),
        account_id=actor.account_id,
        approved_at=now,
        on_behalf_of=actor.on_behalf_of,
    )
    session.add(approval)
    session.flush()
    return approval, tuple(each for each in before.missing if role not in each.split("|"))


def _results(session: Session, cycle: Cycle, policy: Policy, late: Sequence[Review]) -> str:
    """Return the digest of all that the grants are decided on, and of whose they are."""
    if not late:
        return hashlib.sha256(canonical.lines(final_facts(session, cycle, policy))).hexdigest()
    # Two of one late approval are of the same state of the review: a later one is another's.
    whose = "".join(f"{each.public_id} {each.version}\n" for each in late).encode()
    return hashlib.sha256(canonical.lines(late_facts(session, cycle, late)) + whose).hexdigest()


def _not_asked(cycle: Cycle, approvals: Approvals, actor: Actor) -> Exception:
    if gave_one(actor, approvals.holding):
        return refuse(
            "cycles.approved_by_you",
            N_("You have approved the results of {cycle}; they still wait for: {roles}."),
            N_("Each approval is another person's: ask somebody with that role."),
            kind=Kind.CONFLICT,
            cycle=cycle_called(cycle),
            roles=", ".join(approvals.missing),
        )
    return refuse(
        "cycles.not_your_approval",
        N_("The results of {cycle} wait for the approval of: {roles}."),
        N_("Ask somebody with that role; KAOHENG_APPROVALS says whose approvals are needed."),
        kind=Kind.DENIED,
        cycle=cycle_called(cycle),
        roles=", ".join(approvals.missing),
    )
