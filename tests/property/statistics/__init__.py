"""Properties of figures: cells, stretches and judgements against slow references."""
