"""The small language of formulas and conditions."""
