"""The organisation: units, people, who belongs where."""
