"""Where one dossier stands: stage, desk, internal step, waits, movement, and what happens next."""
