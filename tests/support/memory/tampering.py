"""What somebody without the key can do to the file of a memory: move what is written in it."""

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from hmac import digest
from pathlib import Path
from typing import Any

from ledger.memory.buckets import BucketRules, Part, buckets_of
from ledger.memory.keeping import SECRET_USE
from tests.support.memory.worlds import RememberingWorld

TABLES = ("rows", "codes", "place", "steps")
Kept = dict[str, list[tuple[Any, ...]]]


@dataclass
class Tampering:
    """Access to the file; the key serves to find rows, and writes no codes."""

    path: Path
    secret: bytes

    def run(self, statement: str, *parameters: object) -> list[tuple[Any, ...]]:
        """Run one statement."""
        connection = sqlite3.connect(self.path)
        with connection:
            found = connection.execute(statement, parameters).fetchall()
        connection.close()
        return found

    def bucket(self, part: Part, key: bytes) -> int:
        """Where a row lies."""
        return BucketRules(self.secret).number(part, key)

    def row(self, part: Part, key: bytes) -> bytes:
        """What stands in a row."""
        ((body,),) = self.run(
            "SELECT body FROM rows WHERE bucket = ? AND key = ?", self.bucket(part, key), key
        )
        assert isinstance(body, bytes)
        return body

    def put(self, part: Part, key: bytes, body: bytes) -> None:
        """Write a row."""
        bucket = self.bucket(part, key)
        self.run("INSERT OR REPLACE INTO rows VALUES (?, ?, ?)", bucket, key, body)

    def delete(self, part: Part, key: bytes) -> None:
        """Take a row out."""
        self.row(part, key)
        bucket = self.bucket(part, key)
        self.run("DELETE FROM rows WHERE bucket = ? AND key = ?", bucket, key)

    def keys(self, part: Part) -> list[bytes]:
        """List the keys of a part."""
        numbers = buckets_of(part)
        found = self.run(
            "SELECT key FROM rows WHERE bucket >= ? AND bucket < ?", numbers.start, numbers.stop
        )
        return [key for (key,) in found]

    def everything(self, tables: Iterable[str] = TABLES) -> Kept:
        """Copy whole tables."""
        return {table: self.run(f"SELECT * FROM {table}") for table in tables}

    def put_back(self, kept: Kept) -> None:
        """Write whole tables over what there is."""
        connection = sqlite3.connect(self.path)
        with connection:
            for table, rows in kept.items():
                connection.execute(f"DELETE FROM {table}")
                for row in rows:
                    marks = ", ".join("?" * len(row))
                    connection.execute(f"INSERT INTO {table} VALUES ({marks})", row)
        connection.close()


def tampering(world: RememberingWorld) -> Tampering:
    """Access to a world's file."""
    secret = digest(world.keys.promise.seed, SECRET_USE, "sha256")
    return Tampering(world.memory_path, secret)
