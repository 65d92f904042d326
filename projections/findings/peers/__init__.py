"""Rules that compare with peers: of one procedure, one level and one quarter (domain.md 7.2)."""
