"""``rebuild``: projections made again beside the stored ones, while those answer."""
