"""Who signs in, with which roles and tokens."""
