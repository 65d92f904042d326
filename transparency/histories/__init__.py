"""History bundles: all entries of a stream as of one checkpoint, proven in one file."""
