"""Commands on ledgers with veiled dossiers."""
