"""What somebody who can write a database changes in it behind the program's back."""

import sqlite3
from contextlib import closing
from pathlib import Path


def plant(path: Path, *statements: str) -> None:
    """Run statements on a database file; each of them must change something."""
    with closing(sqlite3.connect(path)) as connection, connection:
        for statement in statements:
            before = connection.total_changes
            connection.execute(statement)
            is_schema = statement.startswith(("DROP", "CREATE", "ALTER"))
            assert is_schema or connection.total_changes > before, statement
