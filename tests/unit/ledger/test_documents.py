"""Public documents: named by their hash, kept for ever, never half there."""

import hashlib
import shutil
import threading
from pathlib import Path

import pytest

from ledger.documents import (
    MAX_DOCUMENT_BYTES,
    DocumentedTiles,
    DocumentFolder,
    MemoryDocuments,
    documents_named,
)
from ledger.errors import DocumentMismatch, StoreCorrupt, StoreUnavailable, TooLarge
from ledger.state import LedgerState
from ledger.writing.writer import Writer, WriterKeys
from tests.support.ledger_builders import a_world
from transparency.errors import TileStoreUnavailable
from transparency.tile_store import FileTileStore, MemoryTileStore
from transparency.tiles import EntryBundle, bundle_path, pack_bundle

DOCUMENT = '{"name":"Xã Cẩm Lạc"}'.encode()
NAME = hashlib.sha256(DOCUMENT).hexdigest()

Documents = DocumentFolder | MemoryDocuments


@pytest.fixture(params=["folder", "memory"])
def documents(request: pytest.FixtureRequest, tmp_path: Path) -> Documents:
    return DocumentFolder(tmp_path / "d") if request.param == "folder" else MemoryDocuments()


def test_a_document_is_read_back_by_its_hash(documents: Documents) -> None:
    assert documents.store(DOCUMENT) == NAME
    assert documents.read(NAME) == DOCUMENT


def test_storing_again_changes_nothing(documents: Documents) -> None:
    assert documents.store(DOCUMENT) == documents.store(DOCUMENT)
    assert documents.read(NAME) == DOCUMENT


@pytest.mark.parametrize("name", ["", NAME[:-1], NAME.upper(), "../" + NAME, NAME + "\n", "0" * 64])
def test_another_name_gives_nothing(documents: Documents, name: str) -> None:
    documents.store(DOCUMENT)

    assert documents.read(name) is None


def test_a_document_has_at_most_256_kib_of_utf_8(documents: Documents) -> None:
    documents.store(b"x" * MAX_DOCUMENT_BYTES)

    with pytest.raises(TooLarge):
        documents.store(b"x" * (MAX_DOCUMENT_BYTES + 1))
    with pytest.raises(DocumentMismatch):
        documents.store(b"\xff")


def test_a_document_that_was_changed_on_disk_is_an_alarm(tmp_path: Path) -> None:
    documents = DocumentFolder(tmp_path)
    documents.store(DOCUMENT)
    (tmp_path / NAME).write_bytes(DOCUMENT + b" ")

    with pytest.raises(StoreCorrupt):
        documents.read(NAME)


def test_what_a_crash_left_beside_is_not_read_and_not_in_the_way(tmp_path: Path) -> None:
    (tmp_path / f"{NAME}.1-1.new").write_bytes(DOCUMENT[:5])
    documents = DocumentFolder(tmp_path)

    assert documents.read(NAME) is None
    documents.store(DOCUMENT)
    assert documents.read(NAME) == DOCUMENT


def test_a_folder_that_cannot_be_written_is_unavailable(tmp_path: Path) -> None:
    (tmp_path / "d").write_bytes(b"a file where the folder should be")

    with pytest.raises(StoreUnavailable):
        DocumentFolder(tmp_path / "d").store(DOCUMENT)


def test_one_document_stored_by_many_threads_at_once_is_whole_at_every_moment(
    tmp_path: Path,
) -> None:
    document = b"x" * MAX_DOCUMENT_BYTES
    name = hashlib.sha256(document).hexdigest()
    failures: list[Exception] = []
    start = threading.Barrier(8)

    def store(folder: Path) -> None:
        documents = DocumentFolder(folder)
        start.wait()
        try:
            documents.store(document)
            assert documents.read(name) == document
        except (AssertionError, OSError, StoreCorrupt) as error:
            failures.append(error)

    for attempt in range(5):
        folder = tmp_path / str(attempt)
        threads = [threading.Thread(target=store, args=(folder,)) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert [path.name for path in folder.iterdir()] == [name]

    assert failures == []


def an_entry(name: str) -> bytes:
    return f'dossier-ledger/action@v1\n{{"facts":{{"document":"{name}"}}}}\n\n'.encode()


def a_bundle(*names: str) -> dict[str, bytes]:
    path = bundle_path(EntryBundle(0, len(names)))
    return {path: pack_bundle(an_entry(name) for name in names)}


@pytest.fixture
def kept(tmp_path: Path) -> DocumentFolder:
    return DocumentFolder(tmp_path / "kept")


@pytest.fixture
def served(tmp_path: Path) -> DocumentFolder:
    return DocumentFolder(tmp_path / "log" / "documents")


def test_document_that_no_entry_names_is_not_served(
    kept: DocumentFolder, served: DocumentFolder
) -> None:
    tiles = DocumentedTiles(MemoryTileStore(), kept, served)
    named, unnamed = kept.store(b"named"), kept.store(b"left behind")

    tiles.write_all(a_bundle(named))

    assert served.read(named) == b"named"
    assert served.read(unnamed) is None


def test_documents_are_served_with_the_bundle_that_names_them_as_it_grows(
    kept: DocumentFolder, served: DocumentFolder
) -> None:
    tiles = DocumentedTiles(MemoryTileStore(), kept, served)
    names = [kept.store(f"document {number}".encode()) for number in range(3)]

    for count in range(1, 4):
        tiles.write_all(a_bundle(*names[:count]))
        assert [name for name in names if served.has(name)] == names[:count]


def test_bundle_is_not_written_before_its_documents(
    kept: DocumentFolder, served: DocumentFolder
) -> None:
    inner = MemoryTileStore()
    tiles = DocumentedTiles(inner, kept, served)

    with pytest.raises(StoreCorrupt):
        tiles.write_all(a_bundle(NAME))

    assert inner.largest_tree_size() == 0
    kept.store(DOCUMENT)
    tiles.write_all(a_bundle(NAME))
    assert (inner.largest_tree_size(), served.read(NAME)) == (1, DOCUMENT)


def test_documents_wait_for_a_bundle_that_could_not_be_written(
    kept: DocumentFolder, served: DocumentFolder, tmp_path: Path
) -> None:
    kept.store(DOCUMENT)
    (tmp_path / "log").mkdir()
    (tmp_path / "log" / "tile").write_bytes(b"a file where the folder should be")
    tiles = DocumentedTiles(FileTileStore(tmp_path / "log"), kept, served)

    with pytest.raises(TileStoreUnavailable):
        tiles.write_all(a_bundle(NAME))
    (tmp_path / "log" / "tile").unlink()
    tiles.write_all(a_bundle(NAME))

    assert served.read(NAME) == DOCUMENT


def test_documents_that_were_lost_with_the_logs_folder_are_served_again_at_the_next_start(
    kept: DocumentFolder, served: DocumentFolder, tmp_path: Path
) -> None:
    world = a_world(tiles=FileTileStore(tmp_path / "log"))
    names = sorted(kept.store(document) for document in world.documents._documents.values())
    refused = kept.store(b"came with a refused action")
    shutil.rmtree(tmp_path / "log")

    Writer(
        world.store,
        DocumentedTiles(FileTileStore(tmp_path / "log"), kept, served),
        lambda: LedgerState(kept),
        WriterKeys(world.keys.log, world.keys.promise),
        world.clock,
    ).take_over("next start")

    assert list(served.names()) == names
    assert refused not in names


def test_every_document_of_a_recorded_registry_is_found_in_its_entries() -> None:
    world = a_world()

    named = {name for entry in world.entries() for name in documents_named(entry)}

    assert named == set(world.documents._documents)
    assert named
