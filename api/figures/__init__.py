"""Public statistics by their addresses: what is asked, and the bytes that answer it."""
