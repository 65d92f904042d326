"""What opened private parts tell the writer: whose keys are whose, which orders stand."""
