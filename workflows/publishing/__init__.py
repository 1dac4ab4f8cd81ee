"""From a draft to a version in force: submitted, approved, consented to, published."""
