"""A witness as a server of its own: its folder, its state, what it answers. It knows no ledger."""
