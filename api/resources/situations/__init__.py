"""What a dossier's own address answers: where it stands, and its timeline."""
