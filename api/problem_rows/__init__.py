"""Rows of the table of problems that would be too many for its one file, and their shapes."""
