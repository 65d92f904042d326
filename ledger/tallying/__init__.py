"""Tallies: made from the ledger and the vault each month, signed by the system key."""
