"""A mirror of a log as a server of its own: the copied files, read only. It knows no ledger."""
