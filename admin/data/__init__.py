"""Pages that bring data in: uploads, their progress, and mending what was quarantined."""
