"""What tests of veiled dossiers share."""
