"""Commands for whoever reads what is private, and for whoever wants to know who did."""
