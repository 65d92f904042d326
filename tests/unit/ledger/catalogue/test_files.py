"""Catalogues as files: every file is counted, and one that fails does not stop the others."""

from pathlib import Path

import pytest

from domain.procedures import FactTag, LimitUnit
from ledger.bodies import canonical_json
from ledger.catalogue.files import Catalogue, read_catalogue
from tests.support.builders import a_procedure
from tests.unit.ledger.catalogue.samples import a_page, as_bytes

ROOT = Path(__file__).parents[4]
REAL = ROOT / ".." / "shared" / "data" / "vietnam" / "procedures"
SAMPLES = ROOT / "examples" / "catalogue"


def codes(catalogue: Catalogue) -> list[str]:
    return [read.procedure.code for read in catalogue.procedures]


def test_folder_is_read_whole_whatever_its_shapes(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_bytes(as_bytes(a_page("1.000001")))
    (tmp_path / "b.json").write_bytes(canonical_json(a_procedure(code="1.000002")))
    (tmp_path / "c.csv").write_text("code,name_vi,level\n1.000003,x,commune\n1.000004,y,commune\n")
    (tmp_path / "notes.txt").write_text("nothing of ours")

    catalogue = read_catalogue(tmp_path)

    assert catalogue.files == 3
    assert codes(catalogue) == ["1.000001", "1.000002", "1.000003", "1.000004"]
    assert catalogue.failed == ()


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"{", id="cut off"),
        pytest.param(b"\xff", id="not UTF-8"),
        pytest.param(b'{"thu_tuc_id":1}', id="a page of another shape"),
        pytest.param(b" " * 262_145, id="too long"),
        pytest.param(as_bytes(a_page("1.000001")), id="a code that is there already"),
    ],
)
def test_file_that_fails_is_named_and_the_others_are_read(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.json").write_bytes(as_bytes(a_page("1.000001")))
    (tmp_path / "b.json").write_bytes(content)
    (tmp_path / "c.json").write_bytes(as_bytes(a_page("1.000003")))

    catalogue = read_catalogue(tmp_path)

    assert [failed.file for failed in catalogue.failed] == ["b.json"]
    assert codes(catalogue) == ["1.000001", "1.000003"]


def test_samples_are_read_and_say_that_they_are_no_official_texts() -> None:
    catalogue = read_catalogue(SAMPLES)

    assert (catalogue.files, catalogue.failed) == (21, ())
    for read in catalogue.procedures:
        tags = {each.tag for each in read.procedure.provenance}
        assert {FactTag.SOURCE, FactTag.UNVERIFIED} <= tags
        assert "not an official text" in (read.procedure.law or "")


@pytest.mark.skipif(not REAL.is_dir(), reason="../shared/data/vietnam/procedures is absent")
def test_every_real_procedure_is_read_and_no_limit_is_guessed() -> None:
    catalogue = read_catalogue(REAL)

    assert (catalogue.files, len(catalogue.procedures), catalogue.failed) == (207, 207, ())
    assert sum(read.limits_parsed for read in catalogue.procedures) == 316
    assert sum(read.limits_prose for read in catalogue.procedures) == 101
    for read in catalogue.procedures:
        warned = {warning.member for warning in read.warnings}
        for channel in read.procedure.channels:
            if read.procedure.limit_for(channel).unit is LimitUnit.UNKNOWN:
                assert f"limit.{channel}" in warned
