"""Tests of looking for leads beside the server."""
