"""``editions``: make, list and show daily editions of the statistics."""
