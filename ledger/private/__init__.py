"""The private part: ciphertext in the vault, wrapped keys in a keyring of its own."""
