"""The command of whoever watches a log; it needs the anchors, and no ledger."""
