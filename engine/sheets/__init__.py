"""The form on which HR changes a policy, and edits of its text."""
