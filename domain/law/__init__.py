"""The law as data for readers: every kind of act as a table, and what is refused or flagged."""
