"""What would change a result."""
