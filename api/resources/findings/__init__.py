"""What looks wrong, what became of it, and who may see which of it."""
