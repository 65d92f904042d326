"""Tests of serving tiles: what a proof reads, and what may be removed."""
