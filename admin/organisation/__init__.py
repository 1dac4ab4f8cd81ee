"""The organisation over time: the tree of a day, people's histories, what HR enters."""
