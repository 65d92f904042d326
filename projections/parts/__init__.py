"""Parts: the projections by name, which of them have stopped, and what each writes in a step."""
