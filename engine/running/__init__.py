"""A version over facts: intake, slices, decisions, segments."""
