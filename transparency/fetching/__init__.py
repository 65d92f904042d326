"""Asking other machines over HTTP: whatever they send, an answer ends in time and stays small."""
