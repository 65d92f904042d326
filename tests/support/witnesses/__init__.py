"""Witnesses for tests: made in a folder, asked in this process."""
