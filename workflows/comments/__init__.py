"""What is said of a draft while it is written: threads, at a field or about the whole."""
