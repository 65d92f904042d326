"""The veils of the demo: what the scenario lets one expect, and what the log shows."""
