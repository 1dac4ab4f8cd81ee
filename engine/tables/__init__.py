"""Tables: how each kind becomes columns, words, formulas and branches."""
