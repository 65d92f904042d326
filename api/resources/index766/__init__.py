"""The index of Decision 766 and the national report form over HTTP."""
