"""Rules on what applicants say and do: ratings, resubmissions, and how complainants fare."""
