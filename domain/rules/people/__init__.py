"""Two people behind two signatures: colleagues who sign together, and who orders whose reads."""
