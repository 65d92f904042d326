"""Public documents: named by their hash, kept for ever, never half there."""

import hashlib
import shutil
import threading
from pathlib import Path

import pytest

from ledger.documents import MAX_DOCUMENT_BYTES, CopiedDocuments, DocumentFolder, MemoryDocuments
from ledger.errors import DocumentMismatch, StoreCorrupt, StoreUnavailable, TooLarge

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


def test_copies_that_were_lost_with_the_logs_folder_are_made_again(tmp_path: Path) -> None:
    kept, published = DocumentFolder(tmp_path / "kept"), DocumentFolder(tmp_path / "log")
    documents = CopiedDocuments(kept, published)
    name = documents.store(DOCUMENT)
    shutil.rmtree(tmp_path / "log")

    documents.complete_copies()

    assert published.read(name) == DOCUMENT
    assert documents.read(name) == DOCUMENT
