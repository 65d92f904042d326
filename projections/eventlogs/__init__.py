"""Event logs for process mining: open dossiers as XES 1.0 (IEEE 1849) and as OCEL 2.0 (JSON).

The case is the dossier, by its stream; events stand in the order of the log. Veiled dossiers are
not in them.
"""
