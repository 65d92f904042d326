"""Where a dossier stands, in words, for its page."""
