"""Cells of figures made from acts, kept and read in the views."""
