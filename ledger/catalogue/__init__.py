"""Catalogues of procedures from elsewhere: read into our documents, and published by version."""
