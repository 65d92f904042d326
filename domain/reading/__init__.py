"""Who may read what: the rights as one matrix, tasks on a dossier, and whom private parts name."""
