"""Histories: whole streams with their proofs, made from the stores, and judged offline."""
