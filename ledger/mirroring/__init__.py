"""Copies of a public log: taken over from anywhere, proven before they are kept, read again."""
