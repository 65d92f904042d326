"""Attacks that once succeeded, each named after what it gained."""
