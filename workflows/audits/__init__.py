"""Regular audits of results 结果抽查: a sample drawn by a seed, and checked line by line."""
