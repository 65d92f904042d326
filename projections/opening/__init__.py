"""Private folds over what is published: for whoever has ledger and vault, outside `recompute`."""
