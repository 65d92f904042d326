"""Acting on findings from the command line: raising, answering, closing, comparing books."""
