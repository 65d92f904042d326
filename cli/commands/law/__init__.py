"""The command of whoever reads the rules: kinds of action, refusals and findings, as tables."""
