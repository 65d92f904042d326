"""The one writer: its core, its two threads, its socket, and the client that reaches it."""
