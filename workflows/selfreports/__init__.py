"""What people write about their own period 述职, and what is said of it."""
