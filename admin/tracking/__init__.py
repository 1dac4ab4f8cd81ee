"""Pages of tracking: a review's progress and talks, a team's meetings, measures."""
