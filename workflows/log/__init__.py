"""The tamper-evident log: what happened, provable later by tools that we did not write."""
