"""Expressions: pure functions from the tables of an export to the rows of one figure.

No engine is named here. Each gives integers and text without nulls; ties and divisions are settled
in whole numbers, so that no engine rounds in a way of its own.
"""
