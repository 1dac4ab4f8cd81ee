"""Pages of contributions to others' work."""
