"""Reading by what the mapping says: format, delimiter, order of rows."""

from pathlib import Path

import pytest

from ledger.importing.reader import read_cases
from tests.unit.ledger.importing.samples import CSV, MAPPING, XES, a_mapping


def test_csv_is_read_with_the_mappings_delimiter_and_order(tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    path.write_text(
        "case;activity;time;who\nc1;A;2012-03-01;x\nc2;B;2012-03-01;x\nc1;C;2012-03-02;x\n"
    )
    mapping = a_mapping(
        MAPPING.replace('resource = "who"', 'resource = "who"\ndelimiter = ";"\nrows = "scattered"')
    )

    cases = list(read_cases(path, mapping.source))

    assert [len(case.events) for case in cases] == [2, 1]


def test_xes_is_read_with_the_mappings_names(tmp_path: Path) -> None:
    path = tmp_path / "log.xes"
    path.write_text(XES)
    mapping = a_mapping(
        MAPPING.replace('format = "csv"', 'format = "xes"')
        .replace('case_id = "case"', 'case_id = "concept:name"')
        .replace('activity = "activity"', 'activity = "concept:name"')
        .replace('timestamp = "time"', 'timestamp = "time:timestamp"')
    )

    cases = list(read_cases(path, mapping.source))

    assert [case.case_id for case in cases] == ["case-1", "case-2"]
    assert cases[0].events[0].resource is None


def test_file_that_is_not_there_is_the_worlds_failure(tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    mapping = a_mapping()

    with pytest.raises(FileNotFoundError):
        list(read_cases(path, mapping.source))

    path.write_text(CSV)
    assert len(list(read_cases(path, mapping.source))) == 2
