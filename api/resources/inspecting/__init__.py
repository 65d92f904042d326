"""What inspectors follow, and who learns of it."""
