"""A demo organisation of our own making: files from a seed, and a year played on them."""
