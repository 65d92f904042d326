"""What is stored of dossiers and acts: rows of the views, and the acts of veiled dossiers."""
