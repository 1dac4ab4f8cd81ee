"""The goal plan 目标分解: a year's goals, from the company down to each person's months."""
