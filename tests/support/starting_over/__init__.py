"""Worlds that were put back to an older copy."""
