"""How a server stands: its writer, its projections, its witnesses; as health and as metrics."""
