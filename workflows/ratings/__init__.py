"""Ratings by people 评价: who is asked, what they say, and what becomes of it."""
