"""Followers of the log: everything in here can be deleted and rebuilt."""
