"""Meetings about self reports 述职会: who reports when, the panel, what is to be done after."""
