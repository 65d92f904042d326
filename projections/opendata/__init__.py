"""Open data: the public datasets, their descriptions, their files and their feeds.

Every dataset is a pure function of the public entries up to one checkpoint, so its files have the
same bytes whether a server, a data folder or the public tiles alone made them.
"""
