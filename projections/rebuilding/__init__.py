"""Rebuilding: projections made again beside the stored views, and put in their place at once."""
