"""Evaluation of offices by the nine indicators, as far as the public record shows them."""
