"""Simulated timestamp authorities."""
