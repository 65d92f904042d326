"""What the public can check of tallies."""
