"""The catalogue as readers look things up in it: by words, field, level, office and life event."""
