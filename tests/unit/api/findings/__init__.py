"""Findings put together for answers."""
