"""Makes a data folder ready for its writer, whatever copies it was put together from."""
