"""Veiled dossiers as the public log shows them: figures from veils alone."""
