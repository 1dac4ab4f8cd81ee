"""Read-only lists of everything, inside Flask-Admin."""
