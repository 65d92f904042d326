"""Clocks: every time limit of a dossier as a pure function, each with the explanation of its date.

`laws` says which limits hold where a procedure says nothing; `counting` counts; `limits` knows the
clocks of domain.md 2.6; `explanations` puts a count into words.
"""
