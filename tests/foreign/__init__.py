"""Programs that are no dependency, each in an environment of its own: `make test-foreign`."""
