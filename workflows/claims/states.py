"""The states of a claim: which of them still wait for somebody."""

from __future__ import annotations

WAITING, OPEN, PROPOSED = "waiting", "open", "proposed"
AGREED, DECIDED, REJECTED, WITHDRAWN = "agreed", "decided", "rejected", "withdrawn"
# What holds up the confirmation of a list. A number that no record has yet holds up nothing.
PENDING = (OPEN, PROPOSED)
UNSETTLED = (WAITING, *PENDING)
DISPUTE, MISSING, ARRANGEMENT = "dispute", "missing", "arrangement"
