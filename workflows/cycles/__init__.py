"""One period run for a population under one pinned version."""
