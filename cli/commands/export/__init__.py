"""The command of whoever takes the public data away: datasets and event logs in files."""
