"""Policies and their frozen versions."""
