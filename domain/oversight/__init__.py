"""Oversight: what becomes of petitions, findings, corrections and erasure, and how offices rate."""
