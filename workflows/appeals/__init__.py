"""Appeals 申诉: a doubt about a number, its answer, and what a correction moves."""
