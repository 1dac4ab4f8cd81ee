"""Policies and facts by chance, over every construct of the language, ties sought out."""
