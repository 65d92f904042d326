"""The write side: actions are verified, decided, recorded, sequenced, sealed and published here."""
