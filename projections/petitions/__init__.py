"""Petitions for people: their rows, their public list, their counts, and what a petitioner sees."""
