"""What the statistics page shows of time per stage, visits and fees."""
