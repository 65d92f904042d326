"""Leads of findings, kept in a file of their own, so that a request reads them instead of a walk.

The file follows from the views and is made again where it is lost. Who keeps it looks again at the
dossiers that were acted on, at those whose verdict may change with time alone, and at all where
something around them changed; what is kept is as of one checkpoint, which every answer states.
"""
