"""Other machines as they should not be, for tests."""
