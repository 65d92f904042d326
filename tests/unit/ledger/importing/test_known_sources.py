"""What is remembered of imports: the source's bytes and the mapping's name, one line each."""

import gzip
from pathlib import Path

import pytest

from ledger.importing.known_sources import KnownSource, KnownSources, hash_source, parse_line

SOURCE = KnownSource("0a" * 32, "receipt")
OTHER_NAME = KnownSource("0a" * 32, "receipt-instant")
OTHER_SOURCE = KnownSource("0b" * 32, "receipt")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "imports.txt"


def test_source_that_was_never_imported_has_no_other_names(path: Path) -> None:
    assert KnownSources(path).other_names(SOURCE) == ()
    assert not path.exists()


def test_source_is_known_under_its_other_names_and_not_its_own(path: Path) -> None:
    for known in (SOURCE, OTHER_NAME, OTHER_SOURCE):
        KnownSources(path).remember(known)

    known_sources = KnownSources(path)

    assert known_sources.other_names(SOURCE) == ("receipt-instant",)
    assert known_sources.other_names(OTHER_NAME) == ("receipt",)
    assert known_sources.other_names(OTHER_SOURCE) == ()


def test_import_that_is_repeated_leaves_one_line(path: Path) -> None:
    for _ in range(3):
        KnownSources(path).remember(SOURCE)

    assert path.read_text() == f"{'0a' * 32} receipt\n"


def test_source_has_one_hash_packed_or_not(tmp_path: Path) -> None:
    plain, packed = tmp_path / "log.csv", tmp_path / "log.csv.gz"
    plain.write_bytes(b"case,activity\n" * 10_000)
    packed.write_bytes(gzip.compress(plain.read_bytes()))

    assert hash_source(plain) == hash_source(packed)


def test_damaged_source_has_a_hash_and_is_left_to_the_import(tmp_path: Path) -> None:
    damaged = tmp_path / "log.csv.gz"
    damaged.write_bytes(gzip.compress(b"case,activity\n" * 10_000)[:-9])

    assert hash_source(damaged) == hash_source(damaged)


def test_source_that_is_not_there_cannot_be_hashed(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        hash_source(tmp_path / "log.csv")


@pytest.mark.parametrize(
    "line",
    ["", "receipt", "0a receipt", f"{'0A' * 32} receipt", f"{'0a' * 32}  receipt", "ÿ" * 70],
    ids=["empty", "no hash", "short hash", "capitals", "two spaces", "no ASCII"],
)
def test_line_that_is_none_of_ours_is_passed_over(path: Path, line: str) -> None:
    path.write_bytes(f"{line}\n".encode("latin-1"))
    KnownSources(path).remember(SOURCE)

    assert parse_line(line) is None
    assert KnownSources(path).other_names(OTHER_NAME) == ("receipt",)
