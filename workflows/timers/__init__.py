"""Times that are waited for: a deadline passes, silence confirms; each happens once."""
