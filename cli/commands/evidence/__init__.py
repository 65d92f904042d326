"""``evidence``: files that convict a log."""
