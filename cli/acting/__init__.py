"""What stands around an act: the files that keep it, warnings before it, the server it goes to."""
