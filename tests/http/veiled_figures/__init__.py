"""The figures of veiled dossiers over HTTP."""
