"""Everybody's own copy: to read and sign, and to follow who has."""
