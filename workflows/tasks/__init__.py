"""What waits for somebody, whatever it is about."""
