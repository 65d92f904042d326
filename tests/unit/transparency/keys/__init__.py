"""Tests of the kinds of keys that sign checkpoints."""
