"""How the form is laid out: the only place that names constructs. What is not here is there too.

A section of the schema that this page does not name comes last, its entries as groups.
"""

from __future__ import annotations

from engine.errors import N_

# The order in which HR thinks, and what the sections are called.
TITLES = {
    "policy": N_("Policy"),
    "scope": N_("Scope"),
    "kpis": N_("KPIs"),
    "dimensions": N_("Dimensions"),
    "total": N_("Total"),
    "grades": N_("Grades"),
    "steps": N_("Incentives: amounts step by step"),
    "rules": N_("Incentives and penalties: when … then"),
    "vetoes": N_("Vetoes"),
    "pools": N_("Team pools"),
    "targets": N_("Targets"),
    "measures": N_("Measures: how records become actuals"),
    "inputs": N_("Figures given beside the records"),
    "constants": N_("Constants"),
    "alerts": N_("Alerts while the period runs"),
    "plans": N_("Suggestions for improvement plans"),
    "paths": N_("Career paths"),
    "guardrails": N_("Guardrails"),
    "presence": N_("Presence"),
    "rounding": N_("Decimals, rounded half up"),
    "workflow": N_("Workflow"),
    "calibration": N_("Calibration: the distribution to be guided by"),
    "appeals": N_("Appeals"),
    "ratings": N_("Who rates, and how"),
    "self_report": N_("Self report and panel"),
}
# What names the file itself, and is no part of the form.
APART = frozenset({"language", "policy"})
# Columns of a table above a section's entries; those in brackets only where one has it.
LEADS = {
    "kpis": ("weight", "actual", "target", "floor", "cap", ("threshold",), ("stretch",), ("gate",)),
    "constants": ("unit", ("value",)),
}
# Sections whose entries are folded until somebody looks.
FOLDED = frozenset({"kpis", "measures", "inputs", "constants", "targets"})
# To a reader: what of each entry is told in the section's table, and sections that few look into.
TOLD = {"kpis": ("score",)}
FOLDED_TO_READ = FOLDED - {"kpis"} | {"workflow", "rounding", "plans", "paths"}
# What is told of a group first; what it has besides follows in the schema's order.
FIRST = ("name",)
# A table has at most as many columns; entries with more are groups.
MOST_COLUMNS = 6
