"""Commands for a ledger that goes on otherwise: other keys, from a copy, under another name."""
