"""No name hides in what is public: not in a reason, not in a key's name, not in a stream's."""

import msgspec
import pytest

from domain.actions import parse_stream
from domain.errors import MalformedStream
from domain.facts import ExtensionApologyIssued, Facts, IntakeRefused, ResolutionRefused
from domain.facts.reasons import ApologyReason, IntakeRefusalReason, RefusalReason
from domain.facts.shapes import ReasonCode
from domain.kinds import KINDS
from domain.roles import KEY_WORDS

RANDOM_TYPES = ("dossier", "rating", "petition", "denunciation", "finding")


@pytest.mark.parametrize(
    ("shape", "reasons"),
    [
        (IntakeRefused, IntakeRefusalReason),
        (ExtensionApologyIssued, ApologyReason),
        (ResolutionRefused, RefusalReason),
    ],
)
def test_name_of_an_applicant_is_no_reason(
    shape: type[Facts], reasons: type[IntakeRefusalReason]
) -> None:
    """An officer wrote `nguyen_van_a_khong_dong_tien` where a code was asked for."""
    members = {"appointment": "2026-12-01"} if shape is ExtensionApologyIssued else {}

    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(members | {"reason_code": "nguyen_van_a_khong_dong_tien"}, shape)
    for reason in reasons:
        msgspec.convert(members | {"reason_code": reason.value}, shape)


def test_no_public_fact_is_an_open_reason() -> None:
    pattern = msgspec.inspect.type_info(ReasonCode)
    open_words = [
        f"{kind.name}.{field.name}"
        for kind in KINDS.values()
        for field in msgspec.structs.fields(kind.facts)
        if msgspec.inspect.type_info(field.type) == pattern
    ]

    assert open_words == []


def test_words_of_keys_tell_what_a_key_is_made_for_and_nothing_else() -> None:
    assert {"officer", "applicant", "registrar", "inspector"} <= KEY_WORDS
    assert "nguyen" not in KEY_WORDS


@pytest.mark.parametrize("stream_type", RANDOM_TYPES)
@pytest.mark.parametrize(
    "stream_id",
    [
        "H27.15-260901-0001",
        "000.00.15.h27-260901-00000000001",
        "079198009999--------------------",
        "-" * 36,
        "deadbeef-dead-beef-dead-beefdeadbeef",
        "0b6f0000-0000-1000-8000-000000000001",
        "0B6F0000-0000-4000-8000-000000000001",
        "0b6f000000000000000000000000000",
    ],
    ids=[
        "a dossier code",
        "a code in lower case",
        "a citizen's number",
        "hyphens",
        "words in hex",
        "a UUID of a clock and a machine",
        "upper case",
        "too short",
    ],
)
def test_stream_that_must_be_random_is_named_by_nothing_readable(
    stream_type: str, stream_id: str
) -> None:
    with pytest.raises(MalformedStream):
        parse_stream(f"{stream_type}:{stream_id}")


@pytest.mark.parametrize("stream_type", RANDOM_TYPES)
@pytest.mark.parametrize(
    "stream_id", ["0b6f0000-0000-4000-8000-000000000001", "0b6f0000000000000000000000000001"]
)
def test_random_uuid_and_hash_name_a_stream(stream_type: str, stream_id: str) -> None:
    assert str(parse_stream(f"{stream_type}:{stream_id}")) == f"{stream_type}:{stream_id}"


@pytest.mark.parametrize("stream_id", ["H27.15-260901-0001", "ab" * 16, "AB" * 32])
def test_access_stream_is_named_by_a_whole_hash(stream_id: str) -> None:
    with pytest.raises(MalformedStream):
        parse_stream(f"access:{stream_id}")
