"""Pages of those who are appraised and of those who appraise."""
