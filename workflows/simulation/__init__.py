"""What other rules would do to a cycle, before anybody puts them in force."""
