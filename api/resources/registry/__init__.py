"""The resources of the HTTP interface: each takes a request apart, asks a room below, answers."""
