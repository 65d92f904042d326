"""On whose desk every pending dossier lies: kept with each step, so that queues read a few rows."""
