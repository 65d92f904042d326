"""What `act` keeps and warns of, and how commands find their server."""
