"""Following somebody's log for as long as one likes: every checkpoint, entry and seal is judged."""
