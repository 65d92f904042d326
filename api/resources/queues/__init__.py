"""Queues of officers over HTTP."""
