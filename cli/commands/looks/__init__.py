"""`looks`: committing to looks, and checking those at oneself."""
