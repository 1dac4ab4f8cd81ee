"""Signs that an appraisal is not fair: figures that decide nothing, goals out of reach, groups
that are treated otherwise than their results.

They are signs with their numbers, to be looked into, and never a verdict. Everything is counted
exactly, in fractions.
"""
