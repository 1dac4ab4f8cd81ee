"""Pages about the programme itself: its report and its surveys."""
