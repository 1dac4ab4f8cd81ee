"""The whole dated organisation as a workbook or as CSV files: out, and back in."""
