"""What files prove, in plain words of two languages."""
