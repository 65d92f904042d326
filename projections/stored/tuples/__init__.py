"""Rows as plain tuples: written and looked up many at once, with statements spelt once."""
