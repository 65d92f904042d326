"""The check that no private key is committed: what it refuses, and that we pass it."""

import base64

import pytest

from ledger.key_files import new_actor_key, render_private_key
from tests.architecture.sources import ROOT, project_files
from tests.support.no_private_keys import private_key_in


def _a_private_key() -> bytes:
    return render_private_key(new_actor_key("officer", lambda count: bytes(range(count)))).encode()


def test_a_private_key_file_of_ours_is_refused() -> None:
    reason = private_key_in("notes.txt", b"some text\n" + _a_private_key())

    assert reason == "holds the private key of a note signer"


def test_a_key_in_pem_armour_is_refused() -> None:
    body = base64.b64encode(bytes(48))
    pem = b"-----BEGIN PRIVATE " + b"KEY-----\n" + body + b"\n"

    assert private_key_in("server.pem", pem) == "holds a private key in PEM armour"


@pytest.mark.parametrize("name", ["data/keys/log.key", "keys/view.secret"])
def test_a_file_of_the_keys_folder_is_refused_by_its_name(name: str) -> None:
    assert private_key_in(name, b"") == "is named like a file of a data folder's keys/"


def test_source_that_only_names_the_format_passes() -> None:
    assert private_key_in("key_files.py", b'PRIVATE_PREFIX = "PRIVATE+KEY+"') is None


def test_no_file_of_the_project_holds_a_private_key() -> None:
    found = [
        f"{path} {reason}"
        for path in project_files()
        if (reason := private_key_in(str(path), (ROOT / path).read_bytes())) is not None
    ]

    assert found == []
