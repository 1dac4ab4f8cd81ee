"""Which columns of facts people give: inputs, what raters say, a person's own weights."""

from __future__ import annotations

from engine.facts import FactColumn, wanted
from engine.model import Policy
from engine.rated import counted


def given_columns(policy: Policy) -> dict[str, FactColumn]:
    """Return by name, in the file's order, the columns that no record and no target fills.

    An input with ``paid`` is not among them: the ledger says what was paid; nor is one that is
    counted from what others have confirmed.
    """
    names = {each.code for each in policy.inputs if each.paid is None} - counted(policy)
    for kpi in policy.kpis:
        names |= {f"{kpi.code}.{rater}" for rater, _ in kpi.raters}
        if kpi.weight_band is not None:
            names.add(f"{kpi.code}.weight")
    return {column.name: column for column in wanted(policy) if column.name in names}


def fixed_with_goals(policy: Policy) -> frozenset[str]:
    """Return the names of the inputs that hold still once a person's goals are approved."""
    return frozenset(each.code for each in policy.inputs if each.fixed == "goals")
