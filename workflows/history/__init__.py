"""What the rules were, since when, by whom and why: publications, what they changed, values."""
