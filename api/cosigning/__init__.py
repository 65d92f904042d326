"""What the installation asks of witnesses, and what its receipts wait for."""
