"""Editions beside a mirrored log: what fits it is kept, and held against what the source shows."""
