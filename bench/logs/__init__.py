"""Long logs to measure with: made, and their signatures verified alone."""
