"""Tests of commands for a ledger that goes on otherwise."""
