"""Company figures cascaded to people."""
