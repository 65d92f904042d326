"""The inspector's audit: what rests on private details, made again with the vault opened."""
