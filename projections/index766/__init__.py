"""The index of Decision 766 from our public record: inputs of each indicator, and what is missing.

All of it is a pure fold over what anyone can replay: dossiers' cells, documents of procedures,
petitions, and acts about money.
"""
