"""The law of a dossier: frozen values and pure functions, with no clock, file or key of its own."""
