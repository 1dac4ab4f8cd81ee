"""What must hold of a policy beyond the shape of its file."""
