"""A public record in memory for the index of Decision 766."""
