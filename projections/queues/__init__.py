"""Queues of officers: what lies with whom, in which order, and how many at which step."""
