"""Two municipalities' real logs: their ledgers, and what their files say by themselves."""
