"""Disks that fail: every call that changes a file is a step of a fate."""
