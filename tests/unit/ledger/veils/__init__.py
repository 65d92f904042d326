"""Tests of veiled dossiers in the ledger."""
