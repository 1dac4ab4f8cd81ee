"""What a review year must do, in plain Python, a file a subject.

Written from the documentation with no look at a table: who may do what, what is refused and why,
where everything stands. Each deed returns every reason why it is refused, or nothing and does it.
"""
