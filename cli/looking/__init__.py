"""Committing to looks of inspectors, in `serve` and by hand."""
