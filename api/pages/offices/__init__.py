"""The pages about one office."""
