"""Actions: names of streams, and what an action says about itself."""

import pytest

from domain.actions import StreamId, StreamType, parse_stream
from domain.errors import MalformedStream
from domain.facts import OfficeRegistered
from tests.support.builders import HEX64, an_action, an_imported_action


@pytest.mark.parametrize(
    "text",
    [
        "dossier:0b6f0000-0000-4000-8000-000000000001",
        "dossier:0b6f0000000000000000000000000001",
        "rating:0b6f0000000000000000000000000001",
        "petition:0b6f0000000000000000000000000001",
        "denunciation:0b6f0000000000000000000000000001",
        "finding:0b6f0000000000000000000000000001",
        "access:" + "ab" * 32,
        "key:officer-1f0c1f0c1f0c1f0c",
        "key:catalogue-admin-1f0c1f0c1f0c1f0c",
        "office:H27.15",
        "procedure:1.004222",
        "calendar:VN",
        "ledger:localhost/0a1b2c3d",
    ],
)
def test_stream_is_written_as_it_was_read(text: str) -> None:
    stream = parse_stream(text)

    assert str(stream) == text
    assert stream.type == StreamType(text.partition(":")[0])


def test_stream_falls_into_type_and_id() -> None:
    assert parse_stream("office:H27.15") == StreamId(StreamType.OFFICE, "H27.15")


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="empty"),
        pytest.param("dossier", id="no id"),
        pytest.param("case:0b6f0000000000000000000000000001", id="unknown type"),
        pytest.param("dossier:H27.15", id="id not random"),
        pytest.param("dossier:0B6F0000000000000000000000000001", id="upper case"),
        pytest.param("dossier:0b6f000000000000000000000000001", id="31 characters"),
        pytest.param("dossier:0b6f00000000000000000000000000000000a", id="37 characters"),
        pytest.param("key:officer", id="key without hash"),
        pytest.param("access:0b6f0000000000000000000000000001", id="access by a random id"),
        pytest.param("office:../etc", id="office with path"),
        pytest.param("office:" + "a" * 65, id="office too long"),
        pytest.param("calendar:VN\n", id="line feed"),
    ],
)
def test_other_texts_name_no_stream(text: str) -> None:
    with pytest.raises(MalformedStream):
        parse_stream(text)


def test_action_knows_its_stream_id_and_whether_it_is_imported() -> None:
    action = an_action(
        "office.registered", stream="office:H27", facts=OfficeRegistered(document=HEX64)
    )

    assert action.stream_id == "H27"
    assert not action.is_imported
    assert an_imported_action("dossier.accepted").is_imported
