"""Commands of whoever runs a witness; none of them needs a ledger."""
