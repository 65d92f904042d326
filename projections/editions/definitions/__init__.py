"""What the words and figures of an edition mean: the lists of each version of its format."""
