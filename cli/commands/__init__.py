"""The commands themselves, a file for each kind of work."""
