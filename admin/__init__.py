"""Pages for people, and the command line."""
