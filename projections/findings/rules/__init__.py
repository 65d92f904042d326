"""The rules that one dossier shows by itself, by what they are about: time, people, results."""
