"""Published figures held against the log again and again, without folding it anew each time."""
