"""Timestamps of checkpoints by an authority outside (RFC 3161): optional, and no witness."""
