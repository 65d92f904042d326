"""What commands do with daily editions: find one that was published, and hold it to the log."""
