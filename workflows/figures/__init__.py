"""Figures that people give beside the records: inputs, ratings, own weights."""
