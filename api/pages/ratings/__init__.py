"""What the statistics page shows of ratings."""
