"""Open data over HTTP: the catalogue, the files of the datasets, and the feeds of entries."""
