"""Doing what is sent twice once: a key names one sending, and its answer is kept."""
