"""Tests of starting over an old copy."""
