"""Closing reviews one by one: what holds one up, its seal, and opening it again."""
