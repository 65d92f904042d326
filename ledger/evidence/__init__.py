"""Evidence about what the entries of a ledger's log say, beside what the log itself shows."""
