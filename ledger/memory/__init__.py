"""What a ledger adds up to, in a file that may be lost: a start reads only what came after."""
