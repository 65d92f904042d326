"""Daily editions of the statistics over HTTP, and what they revised."""
