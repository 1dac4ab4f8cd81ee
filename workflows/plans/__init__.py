"""Improvement and development plans, what came of them, and who may be considered for more."""
