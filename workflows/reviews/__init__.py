"""One person in one cycle, moving through stages."""
