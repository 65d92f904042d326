"""Clocks over published entries: the due dates of a dossier, explained."""
