"""The ledger database: the event store's recorders, entry indexes, checkpoint and lease."""
