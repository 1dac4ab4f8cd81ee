"""The organisation's year: tables, operations and jobs. Knows no web framework."""
