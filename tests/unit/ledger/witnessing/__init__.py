"""Tests of the ledger's client of witnesses."""
