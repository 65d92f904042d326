"""`findings raise | list | answer | close | compare`, as a person types them."""
