"""What a score is: pure functions from rule files and facts to exact, explained results."""
