"""Dossier codes: giving running numbers out without gaps, and checking what became of them."""
