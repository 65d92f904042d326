"""The keys folder: made once, never overwritten, readable by its owner alone."""

import os
import random
import stat
from pathlib import Path

import pytest

from ledger.errors import StoreCorrupt
from ledger.key_files import (
    OperatorKeys,
    load_anchors,
    load_or_make_operator_keys,
    load_private_key,
    new_actor_key,
    next_root_file,
    parse_private_key,
    render_private_key,
    save_private_key,
)
from tests.support.ledger_builders import a_signing_key
from transparency.encoding import encode_base64

KEY = a_signing_key("officer")


def _make(folder: Path, seed: int = 1) -> OperatorKeys:
    return load_or_make_operator_keys(folder, random.Random(seed).randbytes)


def _contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_first_use_makes_everything_and_later_uses_read_it(tmp_path: Path) -> None:
    made = _make(tmp_path / "keys", seed=1)
    contents = _contents(tmp_path / "keys")

    again = _make(tmp_path / "keys", seed=2)

    assert again == made
    assert _contents(tmp_path / "keys") == contents
    assert load_anchors(tmp_path / "keys" / "anchors.toml") == made.anchors
    assert len(contents) == 12


def test_secrets_are_readable_by_their_owner_alone(tmp_path: Path) -> None:
    _make(tmp_path / "keys")

    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "keys").iterdir()}

    assert modes.pop("anchors.toml") & 0o022 == 0
    assert set(modes.values()) == {0o600}
    assert stat.S_IMODE((tmp_path / "keys").stat().st_mode) == 0o700


def test_all_keys_are_different_and_named_by_kind(tmp_path: Path) -> None:
    keys = _make(tmp_path)

    every = (keys.log, keys.promise, keys.registrar, keys.system, *keys.recovery)

    assert len({key.seed for key in every}) == len(every) == 7
    assert [key.name.rpartition("-")[0] for key in every[1:4]] == ["promise", "registrar", "system"]
    assert keys.log.name == keys.origin
    assert len({keys.key_encryption_key, keys.import_secret, keys.view_secret}) == 3


@pytest.mark.parametrize("count", range(13))
def test_a_crash_after_any_file_leaves_a_folder_that_the_next_use_completes(
    tmp_path: Path, count: int
) -> None:
    whole = _make(tmp_path / "whole")
    names = [path.name for path in sorted((tmp_path / "whole").iterdir(), key=_made_at)]
    (tmp_path / "keys").mkdir()
    for name in names[:count]:
        (tmp_path / "keys" / name).write_bytes((tmp_path / "whole" / name).read_bytes())
    for name in names[count : count + 1]:
        (tmp_path / "keys" / f".{name}.new").write_bytes(b"half")

    completed = _make(tmp_path / "keys", seed=2)

    assert names[-1] == "anchors.toml"
    assert load_anchors(tmp_path / "keys" / "anchors.toml") == completed.anchors
    assert _make(tmp_path / "keys", seed=3) == completed
    assert not list((tmp_path / "keys").glob(".*"))
    for name in names[:count]:
        kept = (tmp_path / "keys" / name).read_bytes()
        assert kept == (tmp_path / "whole" / name).read_bytes()
    if count == len(names):
        assert completed == whole


def _made_at(path: Path) -> int:
    return path.stat().st_mtime_ns


def test_anchors_are_never_half_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_link(source: Path, target: Path) -> None:
        raise OSError

    _make(tmp_path)
    (tmp_path / "anchors.toml").unlink()
    with monkeypatch.context() as patched:
        patched.setattr(os, "link", no_link)
        with pytest.raises(OSError):
            _make(tmp_path)

    assert not (tmp_path / "anchors.toml").exists()
    assert _make(tmp_path).anchors == load_anchors(tmp_path / "anchors.toml")


def test_a_saved_key_is_loaded_again_and_never_replaced(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "officer.key"
    save_private_key(path, KEY)

    with pytest.raises(FileExistsError):
        save_private_key(path, a_signing_key("officer", 2))

    assert load_private_key(path) == KEY
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [file.name for file in path.parent.iterdir()] == ["officer.key"]


def test_a_new_key_is_named_by_its_kind_and_its_public_part() -> None:
    key = new_actor_key("officer", random.Random(1).randbytes)

    assert key == new_actor_key("officer", random.Random(1).randbytes)
    assert key.name.startswith("officer-")
    assert len(key.name) == len("officer-") + 16


def _line(name: str = KEY.name, key_id: str | None = None, body: bytes | None = None) -> str:
    key_id = KEY.verification_key.key_id.hex() if key_id is None else key_id
    encoded = encode_base64(bytes([1]) + KEY.seed if body is None else body)
    return f"PRIVATE+KEY+{name}+{key_id}+{encoded}\n"


def test_a_private_key_has_one_spelling() -> None:
    assert render_private_key(KEY) == _line()
    assert parse_private_key(_line()) == KEY


WRONG_LINES = {
    "nothing": "",
    "another prefix": _line().replace("PRIVATE", "PUBLIC"),
    "another key's id": _line(key_id="00000000"),
    "another name": _line(name="officer-0000000000000000"),
    "a name with a space": _line(name="the officer"),
    "an empty name": _line(name=""),
    "another type": _line(body=bytes([2]) + KEY.seed),
    "no type": _line(body=KEY.seed),
    "a short seed": _line(body=bytes([1]) + KEY.seed[1:]),
    "a long seed": _line(body=bytes([1]) + KEY.seed + b"\0"),
    "no base64": _line()[:-10] + "\n",
    "letters beyond ASCII": _line(name="cán-bộ"),
    "a missing part": "PRIVATE+KEY+officer+AQ==\n",
}


@pytest.mark.parametrize("line", WRONG_LINES.values(), ids=WRONG_LINES.keys())
def test_what_is_not_a_private_key_is_an_alarm(tmp_path: Path, line: str) -> None:
    path = tmp_path / "officer.key"
    path.write_text(line, encoding="utf-8")

    with pytest.raises(StoreCorrupt):
        parse_private_key(line)
    with pytest.raises(StoreCorrupt):
        load_private_key(path)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("log.key", b"\xff\xfe"),
        ("log.key", b""),
        ("origin", b"\xff"),
        ("key-encryption.secret", b""),
        ("key-encryption.secret", b"ab" * 31),
        ("import.secret", b"zz" * 32),
        ("view.secret", b"\xff" * 64),
    ],
)
def test_a_damaged_file_is_an_alarm_and_stays_as_it_is(
    tmp_path: Path, name: str, content: bytes
) -> None:
    _make(tmp_path)
    (tmp_path / name).write_bytes(content)

    with pytest.raises(StoreCorrupt):
        _make(tmp_path)

    assert (tmp_path / name).read_bytes() == content


@pytest.mark.parametrize(
    "text", [b"", b'origin = "x"', b"origin = ", b"\xff"], ids=["empty", "half", "no TOML", "bytes"]
)
def test_anchors_that_lack_a_key_are_an_alarm(tmp_path: Path, text: bytes) -> None:
    path = tmp_path / "anchors.toml"
    path.write_bytes(text)

    with pytest.raises(StoreCorrupt):
        load_anchors(path)


def test_keys_that_were_moved_off_the_machine_are_not_made_anew(tmp_path: Path) -> None:
    folder = tmp_path / "keys"
    made = _make(folder, seed=1)
    for name in ("registrar.key", "recovery-1.key", "recovery-3.key"):
        (folder / name).rename(tmp_path / name)

    left = _make(folder, seed=2)

    assert left.recovery == made.recovery[1:2]
    assert left.anchors == made.anchors
    assert left.root(made.registrar.name) is None
    assert not (folder / "registrar.key").exists()
    assert not (folder / "recovery-1.key").exists()


def test_roots_after_the_first_are_kept_in_order_and_the_anchors_stay(tmp_path: Path) -> None:
    made = _make(tmp_path)
    roots = [a_signing_key("registrar", number) for number in range(9)]
    for root in roots:
        save_private_key(next_root_file(tmp_path), root)

    again = _make(tmp_path)

    assert again.later_roots == tuple(roots)
    assert again.root(roots[8].name) == roots[8]
    assert again.root(made.registrar.name) == made.registrar
    assert again.anchors == made.anchors
    assert next_root_file(tmp_path).name == "registrar-11.key"
