"""Putting casefiles together, and saying what one shows."""
