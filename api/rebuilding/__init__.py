"""What a stopped or rebuilt projection tells the operator of a server."""
