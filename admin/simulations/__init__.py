"""Simulations as pages: asking for one, following it, reading what it says."""
