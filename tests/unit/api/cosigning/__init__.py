"""Tests of what the installation asks of witnesses."""
