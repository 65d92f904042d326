"""Starting over an old copy: what was published is taken in again, or the ledger is retired."""
