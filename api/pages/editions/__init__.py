"""The pages of daily editions."""
