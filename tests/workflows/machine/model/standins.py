"""Stand-ins: named for some days, by whoever is away or by HR: docs/organisation.md."""

from __future__ import annotations

from datetime import timedelta

from tests.workflows.machine.model.people import (
    ACCOUNTS,
    HANDED_ON,
    LED,
    may,
    principal_of,
)
from tests.workflows.machine.model.state import DENIED, Reasons, StandIn, Year, refusals


def name(year: Year, who: str, pair: str, *, begins: int, days: int, reason: bool) -> Reasons:
    """Name ``A for B`` from so many days from now, for so many days."""
    account, _, principal = pair.partition(" for ")
    first = year.today + timedelta(days=begins)
    last = first + timedelta(days=days - 1)
    there = any(
        f"{each.account} for {each.principal}" == pair
        and not each.revoked
        and each.first <= last
        and each.last >= first
        for each in year.standins
    )
    led = account in LED.get(principal, ()) and year.state != "sealed"
    refused = refusals(
        year,
        who,
        (not may(who, "name a stand-in"), DENIED),
        (principal_of(who) is not None, DENIED),
        (who not in (principal, "hr"), DENIED),
        (ACCOUNTS[principal][0] not in HANDED_ON, "invalid standins.principal"),
        (account in (principal, who), "invalid standins.stand_in"),
        (led, "invalid standins.stand_in"),
        (days < 1, "invalid standins.last_day"),
        (days >= 1 and there, "invalid standins.stand_in"),
        (not reason, "invalid standins.reason"),
    )
    if not refused:
        year.standins.append(StandIn(account, principal, first, last))
    return refused


def revoke(year: Year, who: str, standin: StandIn) -> Reasons:
    """End a stand-in now: by either of the two, or by HR."""
    theirs = who in (standin.account, standin.principal, "hr")
    refused = refusals(
        year,
        who,
        (principal_of(who) is not None or not theirs, DENIED),
        (standin.revoked, "conflict standins.revoked"),
    )
    if not refused:
        standin.revoked = True
    return refused
