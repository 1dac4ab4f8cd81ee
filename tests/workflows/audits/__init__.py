"""Audits of results."""
