"""Wide datasets for analyses: one row per dossier, and the local time of each act."""
