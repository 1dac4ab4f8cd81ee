"""Pages of plans, of careers, and of the file that the law asks for."""
