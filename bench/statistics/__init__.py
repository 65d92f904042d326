"""How long public statistics take over a province's two years of dossiers."""
