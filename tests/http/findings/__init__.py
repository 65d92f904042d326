"""Findings over HTTP: who sees what of them, and what became of each."""
