"""The commands of docs/editions.md run as they stand there, on a ledger that was served."""

import re
import shlex
import shutil
from pathlib import Path

from tests.architecture.sources import text_of
from tests.http.editions.conftest import DAYS
from tests.http.world import World
from tests.unit.cli.running import run

FENCE = re.compile(r"(?ms)^```sh\n(.*?)^```")
COMMANDS = 7


def test_every_command_of_the_document_does_what_it_says(dated: World, tmp_path: Path) -> None:
    data = dated.settings.data
    places = {"COPY": tmp_path / "copy", "ANCHORS": tmp_path / "anchors.toml"}
    shutil.copytree(data / "log", places["COPY"])
    shutil.copy(data / "keys" / "anchors.toml", places["ANCHORS"])
    (block,) = FENCE.findall(text_of(Path("docs/editions.md")))
    lines = block.splitlines()

    for line in lines:
        program, *words = shlex.split(line)
        given = [_placed(word, places) for word in words]
        own = [] if "--anchors" in words else ["--data", str(data)]
        ran = run(*given, *own)
        assert (program, ran.code) == ("dossier-ledger", 0), line

    assert len(lines) == COMMANDS
    assert DAYS[0] in block


def _placed(word: str, places: dict[str, Path]) -> str:
    name, slash, rest = word.partition("/")
    return f"{places[name]}{slash}{rest}" if name in places else word
