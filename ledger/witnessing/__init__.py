"""The ledger's side of the witness protocol: who is asked, how, and what is kept of the answers."""
