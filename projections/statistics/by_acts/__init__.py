"""Figures that the public acts of a dossier tell: time in each stage, visits, fees."""
