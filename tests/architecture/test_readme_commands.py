"""The README's five minutes, run as they stand there, in a folder of their own."""

import asyncio
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

from cli.demo.catalogue import CATALOGUE
from cli.demo.province import PROVINCE, offices
from cli.sessions import open_session, project
from domain.facts import Grant
from domain.moments import Moment
from domain.roles import Role
from ledger.bodies import canonical_json
from ledger.drafting import FIRST_PLACE, Publishing
from ledger.key_files import new_actor_key
from tests.architecture.sources import ROOT, text_of

SECTION: Final = re.compile(r"(?ms)^## Five minutes\n(.*?)^## ")
BLOCK: Final = re.compile(r"(?ms)^```sh\n(.*?)^```")
PROGRAM: Final = f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m cli.main "$@"\n'


def _blocks() -> list[str]:
    section = SECTION.search(text_of(Path("README.md")))
    assert section is not None
    return BLOCK.findall(section[1])


def _block_with(words: str) -> str:
    (block,) = [block for block in _blocks() if words in block]
    return str(block)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Make a folder that looks to the commands like a checkout after `make setup`."""
    program = tmp_path / ".venv" / "bin" / "dossier-ledger"
    program.parent.mkdir(parents=True)
    program.write_text(PROGRAM)
    program.chmod(0o755)
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    return tmp_path


def _run(folder: Path, block: str) -> str:
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", block],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


async def _open_province(data: Path) -> None:
    """Register what the demo's province consists of, without living its three months."""
    async with open_session(data) as session:
        registrar, now = session.keys.registrar, session.now()
        admin = new_actor_key("officer", os.urandom)
        grants = [Grant(Role.CATALOGUE_ADMIN, PROVINCE)]
        await session.submit(
            *[
                session.drafter.register_office(
                    registrar, office.id, canonical_json(office), FIRST_PLACE, now
                )
                for office in offices()
            ],
            session.drafter.register_key(registrar, admin, grants, now),
        )
        await session.submit(
            *[
                session.drafter.publish_procedure(
                    admin, entry.procedure.code, 1, _publishing(entry.document, now)
                )
                for entry in CATALOGUE
            ]
        )
        await project(session)


def _publishing(document: bytes, now: Moment) -> Publishing:
    return Publishing(document, PROVINCE, FIRST_PLACE, now)


@pytest.mark.served
def test_a_dossier_is_opened_and_its_receipt_verified_as_the_readme_says(folder: Path) -> None:
    asyncio.run(_open_province(folder / "demo-data"))

    said = _run(folder, _block_with("act dossier.submitted --data demo-data"))

    assert "the entry is the action dossier.submitted" in said
    assert (folder / "dossier.receipt").exists()


@pytest.mark.served
def test_an_office_of_ones_own_takes_a_dossier_in_as_the_readme_says(folder: Path) -> None:
    said = _run(folder, _block_with("act dossier.accepted"))

    assert "stream: dossier:" in said
    assert (folder / "data" / "accepted.receipt").exists()
    assert (folder / "data" / "rating.opening").exists()

    petitioned = _run(folder, _block_with("act petition.feedback_filed"))

    assert "petition_secret: " in petitioned


@pytest.mark.served
def test_a_ledger_of_ones_own_begins_as_the_readme_says(folder: Path) -> None:
    source = ROOT.parent / "shared" / "data" / "receipt" / "receipt.xes.gz"
    lines = _block_with("serve --port").splitlines()
    lines = [line for line in lines if " serve " not in line]
    if source.exists():
        (folder / "receipt.xes.gz").symlink_to(source)
    else:
        lines = [line for line in lines if " import " not in line]

    _run(folder, "\n".join(lines))

    assert (folder / "data" / "keys" / "anchors.toml").exists()


@pytest.mark.served
def test_a_catalogue_is_published_and_checked_as_the_readme_says(folder: Path) -> None:
    said = _run(folder, _block_with("procedures import"))

    assert "published: 21" in said
    assert "findings: none" in said
