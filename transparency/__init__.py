"""Bytes in, proofs out: a transparency log that never hears of dossiers."""
