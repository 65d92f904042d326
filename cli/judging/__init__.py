"""Looking for leads of findings beside the server: one look, and when the next is due."""
