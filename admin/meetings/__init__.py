"""Pages of meetings about self reports."""
