"""Pages that carry a cycle from its opening to its seal."""
