"""Grades may be changed with a reason; measured numbers never."""
