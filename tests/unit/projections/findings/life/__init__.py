"""The life of a finding: known again, folded, counted."""
