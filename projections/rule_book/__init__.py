"""The book of rules: every rule of findings with all that is written down of it."""
