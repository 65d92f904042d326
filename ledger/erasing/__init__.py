"""Erasing a private part: what must be settled before, and carrying out what was recorded."""
