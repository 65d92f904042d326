"""Outliers: the statistics by which rules compare with peers; pure, and from no library."""
