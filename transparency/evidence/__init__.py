"""Evidence: signed things that cannot all be true, in one file that convicts without a server."""
