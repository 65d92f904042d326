"""Views whose projections fail, and are rebuilt."""
