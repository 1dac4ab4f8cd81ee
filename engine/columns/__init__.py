"""Definitions and formulas → exact columns, with units and proven bounds."""
