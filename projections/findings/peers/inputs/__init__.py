"""What rules that compare look at: dossiers in small, and what opened private parts say."""
