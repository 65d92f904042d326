"""Tests of the figures of veiled dossiers."""
