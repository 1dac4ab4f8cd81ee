"""What people are told of, kept until they have read it."""
