"""The national portal's synchronisation packets: writing them, taking them in, comparing books."""
