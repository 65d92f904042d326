"""The command of whoever keeps a copy of somebody else's log; it needs no ledger."""
