"""Running an approved cycle again in its own period, under its own version.

A sale that comes back after the approval belongs to the period that it was sold in. The cycle
is measured anew; what was aimed at, given, paid and calibrated stays as it was pinned, or as it
was settled since. What the ledger has for a review and what comes out now differ by entries
that are posted today; nothing that was entered, evaluated or sealed is touched.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from engine import canonical
from engine.errors import N_, refuse
from workflows.access.actors import Actor
from workflows.access.decide import allow_everywhere
from workflows.cycles.again import facts_again
from workflows.cycles.evaluation import FINAL, compute
from workflows.cycles.latest import granted_reviews, inputs_of, keep_computation, latest_computation
from workflows.cycles.operations import advance, policy_of
from workflows.cycles.own_part import require_no_part
from workflows.cycles.tables import RECORDS, Cycle
from workflows.incentives.differences import post_differences
from workflows.log.append import append
from workflows.log.leaf import Subject
from workflows.stages.naming import cycle_called


@dataclass(frozen=True, slots=True)
class Rerunning:
    """What a rerun gave: its number in the cycle, and how many entries it posted."""

    seq: int
    entries: int


def rerun_cycle(
    session: Session, actor: Actor, now: datetime, cycle: Cycle, reason: str
) -> Rerunning:
    """Run an approved or sealed cycle again on the records as they are, and post the difference.

    A second run on the same records posts nothing. Raises ``KaohengError``: ``DENIED``,
    ``INVALID`` without a reason, ``CONFLICT`` before the approval or where somebody was first.
    """
    allow_everywhere(actor, "rerun_cycle")
    require_no_part(session, actor, cycle)
    if not reason.strip():
        raise refuse(
            "cycles.reason_needed",
            N_("Running {cycle} again needs a reason."),
            N_("Say which records changed, and why: the reason stays with the rerun."),
            cycle=cycle_called(cycle),
        )
    state = cycle.state if cycle.state == "sealed" else "approved"
    advance(session, cycle, state, state)
    policy = policy_of(cycle)
    last = inputs_of(latest_computation(session, cycle), cycle)
    facts = facts_again(session, cycle, policy, last)
    computed = compute(policy, FINAL, canonical.lines(facts.frame))
    seq = keep_computation(
        session, actor, now, cycle, computed, cause=RECORDS, reason=reason, records=facts.records
    ).seq
    entries = post_differences(
        session,
        now,
        granted_reviews(session, cycle, policy),
        canonical.grants(computed.grants),
        seq,
    )
    append(
        session,
        action="rerun_cycle",
        actor=actor,
        subject=Subject("cycle", cycle.code),
        at=now,
        details={
            "version": cycle.policy_version.digest,
            "rerun": seq,
            "entries": entries,
            **computed.digests,
        },
        personal={"reason": reason},
    )
    return Rerunning(seq, entries)
