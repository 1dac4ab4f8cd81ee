"""Definitions and results in words."""
