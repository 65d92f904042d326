"""Statistics: cells that a follower keeps, and the figures that are read from them alone."""
