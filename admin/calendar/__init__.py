"""The working calendar, for those who keep it."""
