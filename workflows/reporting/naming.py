"""Naming who reports a figure 数据提报, and who checks it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from engine.errors import N_, KaohengError, Kind, Place, refuse
from engine.model import Policy
from workflows.access.actors import Actor
from workflows.access.decide import allow, allow_everywhere, denied, may_everywhere
from workflows.accounts.tables import Account
from workflows.cycles.operations import policy_of
from workflows.cycles.tables import Cycle
from workflows.figures.columns import given_columns
from workflows.log.append import append
from workflows.log.leaf import Subject
from workflows.reporting.tables import FigureProvider


def name_provider(
    session: Session,
    actor: Actor,
    now: datetime,
    cycle: Cycle,
    name: str,
    *,
    reporter: str,
    checker: str,
) -> FigureProvider:
    """Name, by username, who reports a figure of the cycle's policy and who checks it.

    It holds for all cycles of the policy, until others are named. Raises ``KaohengError``:
    ``DENIED``, ``INVALID`` for a figure that nobody gives, an unknown account, or one person
    named for both.
    """
    allow_everywhere(actor, "name_provider")
    _require_figure(policy_of(cycle), name)
    gives, checks = _account(session, reporter, "reporter"), _account(session, checker, "checker")
    _require_two(gives, checks)
    policy_id = cycle.policy_version.policy_id
    provider = session.scalar(
        select(FigureProvider).filter_by(policy_id=policy_id, name=name)
    ) or FigureProvider(policy_id=policy_id, name=name)
    provider.reporter_id, provider.checker_id = gives.id, checks.id
    provider.named_by, provider.named_at = actor.account_id, now
    session.add(provider)
    session.flush()
    append(
        session,
        action="name_provider",
        actor=actor,
        subject=Subject("policy", cycle.policy_version.policy.code),
        at=now,
        details={"figure": name, "reporter": gives.public_id, "checker": checks.public_id},
    )
    return provider


def _require_figure(policy: Policy, name: str) -> None:
    if name not in given_columns(policy):
        raise refuse(
            "reporting.no_such_figure",
            N_("{policy} has no figure “{name}” that people give."),
            N_("Choose one of the figures on the page."),
            place=Place(path="name"),
            policy=policy.policy,
            name=name,
        )


def _require_two(gives: Account, checks: Account) -> None:
    same_person = gives.person_id is not None and gives.person_id == checks.person_id
    if gives.id == checks.id or same_person:
        raise refuse(
            "reporting.same_person",
            N_("Who reports a figure does not check it."),
            N_("Name somebody else to check it."),
            place=Place(path="checker"),
        )


def providers_of(session: Session, cycle: Cycle) -> dict[str, FigureProvider]:
    """Return who is named for the cycle's policy, by figure."""
    found = session.scalars(
        select(FigureProvider).filter_by(policy_id=cycle.policy_version.policy_id)
    )
    return {each.name: each for each in found}


def allow_reporting(session: Session, actor: Actor, cycle: Cycle) -> None:
    """Refuse with ``DENIED`` who neither follows all reports nor is named for one."""
    named = providers_of(session, cycle).values()
    accounts = {account for each in named for account in (each.reporter_id, each.checker_id)}
    if actor.account_id not in accounts and not may_everywhere(actor, "follow_reports"):
        raise denied("follow_reports")


def allow_as(session: Session, actor: Actor, *parts: str) -> None:
    """Refuse with ``DENIED`` who is named for no figure of any policy as one of ``parts``:
    ``reporter`` or ``checker``; who follows all reports is a ``reader``.

    It is asked before anything is looked for, so that nobody learns which cycles there are.
    """
    if "reader" in parts and may_everywhere(actor, "follow_reports"):
        return
    allow(actor, "report_figures")
    columns = {"reporter": FigureProvider.reporter_id, "checker": FigureProvider.checker_id}
    named = [columns[part] == actor.account_id for part in parts if part in columns]
    if session.scalar(select(FigureProvider.id).where(or_(*named)).limit(1)) is None:
        raise denied("report_figures")


def _account(session: Session, username: str, field: str) -> Account:
    found = session.scalar(select(Account).where(Account.username == username.strip()))
    if found is None or not found.active:
        raise _nobody(username, field)
    return found


def _nobody(username: str, field: str) -> KaohengError:
    return refuse(
        "reporting.nobody",
        N_("There is no active account “{username}”."),
        N_("Correct the name; an administrator adds accounts."),
        kind=Kind.INVALID,
        place=Place(path=field),
        username=username,
    )
