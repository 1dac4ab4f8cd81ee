"""Rule files: what may stand in them, and every error with its place."""
