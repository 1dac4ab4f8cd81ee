"""Who there is, as what, and whose reviews each of them reaches for what.

``M2 for M1`` is the account of M2 acting for M1, as their stand-in.
"""

from __future__ import annotations

# By account: the role, and who they are in the organisation.
ACCOUNTS: dict[str, tuple[str, str | None]] = {
    "hr": ("hr", None),
    "region": ("hr_region", None),
    "finance": ("finance", None),
    "director": ("sales_director", "D1"),
    "M1": ("manager", "M1"),
    "M2": ("manager", "M2"),
    "S11": ("salesperson", "S11"),
    "S12": ("salesperson", "S12"),
    "S21": ("salesperson", "S21"),
    "S22": ("salesperson", "S22"),
    "auditor": ("auditor", None),
    "administrator": ("administrator", None),
}
LED = {"M1": frozenset({"S11", "S12"}), "M2": frozenset({"S21", "S22"})}
LEADERS = {person: leader for leader, team in LED.items() for person in sorted(team)}
PEOPLE = tuple(LEADERS)
EAST = LED["M1"]
STAND_INS = ("M2 for M1", "director for finance", "M1 for director", "hr for finance", "S11 for M2")
WHO = (*ACCOUNTS, *STAND_INS)
# What may be handed on for a time; being oneself, running the system and auditing may not.
HANDED_ON = frozenset({"hr_region", "finance", "sales_director", "manager"})

# Whose rows a role reaches.
ALL, REGION, TEAM, OWN = "all", "region", "team", "own"
_HR = {"hr": {ALL}}
_APPROVERS = {"finance": {ALL}, "sales_director": {ALL}}
_LEADERS = {"hr": {ALL}, "hr_region": {REGION}, "sales_director": {ALL}, "manager": {TEAM}}
_ONESELF = {"manager": {OWN}, "salesperson": {OWN}}
RIGHTS: dict[str, dict[str, set[str]]] = {
    "read": {
        **{role: {ALL} for role in ("hr", "finance", "sales_director", "auditor")},
        "hr_region": {REGION},
        "manager": {OWN, TEAM},
        "salesperson": {OWN},
    },
    "move": {**_LEADERS, "manager": {OWN, TEAM}, "salesperson": {OWN}},
    "lead": _LEADERS,
    "be oneself": _ONESELF,
    "plan": _HR,
    "approve": _APPROVERS,
    "run the cycle": _HR,
    "propose credits": {"hr": {ALL}, "hr_region": {REGION}, "manager": {TEAM}},
    "decide on claims": {"hr": {ALL}, "hr_region": {REGION}},
    "rate": {"manager": {OWN, TEAM}, "salesperson": {OWN}},
    "rate as asked": {"manager": {ALL}, "salesperson": {ALL}},
    "handle appeals": {
        role: {ALL} for role in ("hr", "hr_region", "finance", "sales_director", "manager")
    },
    "name a stand-in": {
        **_HR,
        **{role: {OWN} for role in HANDED_ON},
    },
}


def account_of(who: str) -> str:
    return who.partition(" for ")[0]


def principal_of(who: str) -> str | None:
    """Return for whom somebody stands in; None for who acts as themselves."""
    return who.partition(" for ")[2] or None


def person_of(who: str) -> str | None:
    """Return who an account is in the organisation; a stand-in acts with the other's place."""
    return ACCOUNTS[principal_of(who) or who][1]


def persons_behind(who: str) -> frozenset[str]:
    """Return who acts and for whom they do: nobody decides on either's own matters."""
    named = (account_of(who), principal_of(who))
    persons = (ACCOUNTS[name][1] for name in named if name)
    return frozenset(person for person in persons if person)


def accounts_behind(who: str) -> frozenset[str]:
    return frozenset(name for name in (account_of(who), principal_of(who)) if name)


def role_of(who: str) -> str | None:
    """Return with which role somebody acts; None where none was handed on to them."""
    principal = principal_of(who)
    role = ACCOUNTS[principal or who][0]
    return role if principal is None or role in HANDED_ON else None


def may(who: str, right: str) -> bool:
    return role_of(who) in RIGHTS[right]


def reached(who: str, right: str) -> frozenset[str]:
    """Return whose reviews somebody reaches for something."""
    role, person = role_of(who), person_of(who)
    found: set[str] = set()
    for reach in RIGHTS[right].get(role or "", set()):
        if reach == ALL:
            found |= set(PEOPLE)
        elif reach == REGION:
            found |= EAST
        elif reach == TEAM:
            found |= LED.get(person or "", frozenset()) - {person or ""}
        elif principal_of(who) is None and person in PEOPLE:
            found.add(person)
    return frozenset(found) if principal_of(who) is None else frozenset(found) - persons_behind(who)


def stands(who: str, person: str) -> frozenset[str]:
    """Return as what somebody may move a person's review: its owner, their manager, their role."""
    if person not in reached(who, "move"):
        return frozenset()
    if principal_of(who) is None and person_of(who) == person:
        return frozenset({"owner", "salesperson"})
    return frozenset({role_of(who) or ""})
