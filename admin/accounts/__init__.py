"""Who may sign in: the accounts, and one's own password."""
