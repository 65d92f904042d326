"""Measurements: each prints what it saw on this machine, and promises nothing."""
