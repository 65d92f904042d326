"""Worlds whose writer remembers."""
