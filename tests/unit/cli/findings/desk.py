"""A data folder with one late dossier, and those who raise, answer and judge what it shows."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.unit.cli.running import Ran, run
from tests.unit.ledger.importing.samples import MAPPING

# Decided eight days after its due date, without an apology: R07.
LATE = """case,activity,time,who,channel,deadline
c1,Receive,2011-10-11T13:45:40+02:00,Anna,Internet,2011-10-14
c1,Decide,2011-10-22T13:45:40+02:00,Anna,Internet,2011-10-14
c1,Send,2011-10-22T13:45:40+02:00,Anna,Internet,2011-10-14
"""


@dataclass(frozen=True)
class Desk:
    """Commands typed at one data folder."""

    folder: Path

    @property
    def data(self) -> Path:
        return self.folder / "data"

    def type(self, *words: str | Path) -> Ran:
        return run("findings", *words, "--data", self.data, "--json")

    def enroll(self, name: str, *grants: str) -> Path:
        path = self.folder / f"{name}.key"
        kind = "inspector" if name == "inspector" else "officer"
        assert run("keys", "new", kind, "--out", path).code == 0
        number = ("--personnel-number", f"CB-{name}")
        assert run("keys", "enroll", path, *grants, *number, "--data", self.data).code == 0
        return path

    def listed(self, *words: str) -> dict[str, Any]:
        return self.type("list", *words).members


def a_desk(folder: Path) -> Desk:
    (folder / "log.csv").write_text(LATE)
    (folder / "sample.toml").write_text(MAPPING)
    desk = Desk(folder)
    mapping = folder / "sample.toml"
    imported = run("import", folder / "log.csv", "--mapping", mapping, "--data", desk.data)
    assert imported.code == 0, imported.said
    return desk
