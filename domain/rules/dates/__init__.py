"""Dates: what acts on the dossier, and acts on other streams, do to its due dates."""
