"""HR's editor of policies, and the same page to read for everybody else."""
