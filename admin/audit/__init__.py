"""What an auditor looks at: versions of the rules, timelines, the log and its checkpoint."""
