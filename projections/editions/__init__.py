"""Daily editions of the public statistics: fixed for ever, and made again from the log alone."""
