"""Tests of the leads that are kept."""
