"""What daily editions cost to make: measured over a filled views database."""
