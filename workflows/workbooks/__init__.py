"""A policy as an Excel workbook that HR reads and edits, and what comes back of it."""
