"""``erase``: the command that erases a dossier's private part."""
