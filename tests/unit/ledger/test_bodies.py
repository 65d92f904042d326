"""Canonical form of signed texts and private parts: what has one spelling, and what is refused."""

import hashlib
import re

import msgspec
import pytest

from domain.facts import DossierAcceptedDetails, DossierSubmittedDetails
from domain.roles import Role
from ledger.action_notes import OpenedText, check_signature_lines, open_text
from ledger.bodies import (
    ACTION_TYPE_LINE,
    MAX_DETAILS_BYTES,
    MAX_NESTING,
    MAX_SAFE_INTEGER,
    MAX_TEXT_LINE_BYTES,
    canonical_json,
    commitment_of,
    decode_details,
    text_line,
)
from ledger.drafting import FIRST_PLACE
from ledger.errors import DetailsMismatch, LedgerError, NotCanonical, SchemaMismatch, TooLarge
from ledger.opening import opening_action
from tests.support.ledger_builders import (
    ORIGIN,
    START,
    Desk,
    SteppingClock,
    a_signing_key,
    operator_keys,
)
from transparency.notes import parse_note, render_note

STREAM = "dossier:0b6f0000000000000000000000000001"


def _line() -> bytes:
    """The JSON line of a good action: a fee that must be paid."""
    desk = Desk(SteppingClock())
    signers = [(Role.RECEIVER, desk.officer)]
    action = desk.act("dossier.payment_required", STREAM, FIRST_PLACE, signers=signers)
    return parse_note(action.note).text[len(ACTION_TYPE_LINE) : -1]


def _open(line: bytes) -> OpenedText:
    """Open a note with this JSON line; its signature is good, and nobody looks at it here."""
    text = ACTION_TYPE_LINE + line + b"\n"
    return open_text(render_note(text, [a_signing_key("officer").sign(text)]), ORIGIN)


def _changed(old: bytes, new: bytes) -> bytes:
    line = _line()
    assert line.count(old) == 1
    return line.replace(old, new)


def test_a_canonical_line_opens() -> None:
    assert _open(_line()).action.kind.name == "dossier.payment_required"


AMOUNT = b'"amount_vnd":20000'
NOT_CANONICAL = {
    "null among the facts": (AMOUNT, AMOUNT + b',"pay_by":null'),
    "null in the header": (b'"office":"H27"', b'"office":null'),
    "a fraction": (AMOUNT, b'"amount_vnd":20000.0'),
    "an exponent": (AMOUNT, b'"amount_vnd":2e4'),
    "2^53 in the facts": (AMOUNT, b'"amount_vnd":9007199254740992'),
    "minus 2^53 in the facts": (AMOUNT, b'"amount_vnd":-9007199254740992'),
    "2^53 as version": (b'"version":1', b'"version":9007199254740992'),
    "2^64 as version": (b'"version":1', b'"version":18446744073709551616'),
    "a number of a hundred digits as version": (b'"version":1', b'"version":1' + b"0" * 100),
    "minus zero": (AMOUNT, b'"amount_vnd":-0'),
    "a leading zero": (AMOUNT, b'"amount_vnd":020000'),
    "a plus sign": (AMOUNT, b'"amount_vnd":+20000'),
    "a name twice in the header": (b'"version":1', b'"version":1,"version":1'),
    "a name twice in the facts": (AMOUNT, AMOUNT + b"," + AMOUNT),
    "a space after a comma": (b',"ledger"', b', "ledger"'),
    "a space in the facts": (AMOUNT, b'"amount_vnd": 20000'),
    "a space at the end": (b'"version":1}', b'"version":1} '),
    "names out of order in the header": (
        b'"ledger":"localhost/0a1b2c3d","office":"H27"',
        b'"office":"H27","ledger":"localhost/0a1b2c3d"',
    ),
    "names out of order in a signer": (b'{"as":"receiver",', b'{"key":"x","as":"receiver",'),
    "names out of order in the facts": (AMOUNT, b'"pay_by":"2026-03-03",' + AMOUNT),
    "an escaped letter": (b'"office":"H27"', b'"office":"\\u004827"'),
    "an escaped slash": (b"localhost/", b"localhost\\/"),
    "a letter beyond ASCII": (b'"office":"H27"', '"office":"Huế"'.encode()),
    "a delete character": (b'"office":"H27"', b'"office":"H\x7f27"'),
    "an array instead of an object": (b'{"action"', b'[{"action"'),
    "two objects": (b'"version":1}', b'"version":1}{}'),
    "a comma too many": (b'"version":1}', b'"version":1,}'),
    "not a number": (AMOUNT, b'"amount_vnd":NaN'),
    "infinity": (AMOUNT, b'"amount_vnd":Infinity'),
    "a number beyond every float": (AMOUNT, b'"amount_vnd":1e999'),
    "nesting deeper than any action": (AMOUNT, b'"a":' + b"[" * 20 + b"]" * 20),
    "nesting beyond what JSON libraries bear": (AMOUNT, b'"a":' + b"[" * 999 + b"]" * 999),
    "nesting beyond the stack": (AMOUNT, b'"a":' + b"[" * 7000 + b"]" * 7000),
    "nested objects beyond the stack": (AMOUNT, b'"a":' * 1 + b'{"a":' * 2000 + b"1" + b"}" * 2000),
}


@pytest.mark.parametrize(("old", "new"), NOT_CANONICAL.values(), ids=NOT_CANONICAL.keys())
def test_another_spelling_is_refused(old: bytes, new: bytes) -> None:
    with pytest.raises(NotCanonical):
        _open(_changed(old, new))


WRONG_SHAPE = {
    "an unknown member of the header": (b'"version":1}', b'"version":1,"zone":"x"}'),
    "an unknown member of the facts": (AMOUNT, AMOUNT + b',"currency":"VND"'),
    "an unknown member of a signer": (b'"as":"receiver"', b'"as":"receiver","at":"x"'),
    "a missing member": (b'"version":1', b'"wersion":1'),
    "text instead of a number": (AMOUNT, b'"amount_vnd":"20000"'),
    "a number below its range": (AMOUNT, b'"amount_vnd":-1'),
    "the greatest integer, above its range": (AMOUNT, b'"amount_vnd":9007199254740991'),
    "version 0": (b'"version":1', b'"version":0'),
    "version 2 without a previous": (b'"version":1', b'"version":2'),
    "the greatest version, without a previous": (b'"version":1', b'"version":9007199254740991'),
    "a role that nobody has": (b'"receiver"', b'"emperor"'),
    "facts that are not an object": (b"{" + AMOUNT + b',"pay_by":"2026-12-01"}', b"20000"),
    "facts nested as deep as allowed": (AMOUNT, b'"a":' + b"[" * 12 + b"]" * 12),
    "a day that does not exist": (b'"at":"2026-03-02T01:00:00Z"', b'"at":"2026-02-30"'),
    "an hour in another zone": (b"01:00:00Z", b"01:00:00+07:00"),
    "a previous that is no hash": (b'"signers"', b'"previous":"AAAA","signers"'),
}


@pytest.mark.parametrize(("old", "new"), WRONG_SHAPE.values(), ids=WRONG_SHAPE.keys())
def test_a_canonical_line_of_another_shape_is_refused_as_such(old: bytes, new: bytes) -> None:
    with pytest.raises(SchemaMismatch):
        _open(_changed(old, new))


def test_a_commitment_where_the_kind_has_no_details_is_refused() -> None:
    desk = Desk(SteppingClock())
    action = desk.act("dossier.supplement_completed", STREAM, FIRST_PLACE)
    line = parse_note(action.note).text[len(ACTION_TYPE_LINE) : -1]
    commitment = b'"details":"47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=",'

    with pytest.raises(SchemaMismatch, match="no private part"):
        _open(line.replace(b'"facts"', commitment + b'"facts"'))


def test_facts_that_repeat_a_default_are_refused() -> None:
    opened = parse_note(opening_action(operator_keys(), START).note).text
    recovery = re.compile(rb'"recovery_vkeys":\[[^]]*\],')
    line = opened[len(ACTION_TYPE_LINE) : -1]

    without = _open(recovery.sub(b"", line)).action

    assert getattr(without.facts, "recovery_vkeys", None) == ()
    with pytest.raises(SchemaMismatch, match="default"):
        _open(recovery.sub(b'"recovery_vkeys":[],', line))


def test_details_that_repeat_a_default_are_refused() -> None:
    details = b'{"components":[],"secret":"' + b"A" * 43 + b'="}'

    with pytest.raises(DetailsMismatch, match="canonical"):
        decode_details(details, DossierSubmittedDetails)


def test_signers_that_are_none_are_refused_before_anybody_looks_at_the_first() -> None:
    start = _line().index(b'"signers":[')
    end = _line().index(b"]", start)
    line = _line()[: start + len(b'"signers":[')] + _line()[end:]

    with pytest.raises(LedgerError) as refused:
        check_signature_lines(_open(line))

    assert refused.value.code == "signature_lines_mismatch"


TEXTS = {
    "another type line": b"dossier-ledger/action@v2\n{}\n",
    "no type line": b"{}\n",
    "two lines of JSON": ACTION_TYPE_LINE + b"{}\n{}\n",
    "no line feed at the end": ACTION_TYPE_LINE + b"{}",
    "two line feeds at the end": ACTION_TYPE_LINE + b"{}\n\n",
    "a carriage return": ACTION_TYPE_LINE + b"{}\r\n",
    "no JSON line": ACTION_TYPE_LINE,
    "an empty JSON line": ACTION_TYPE_LINE + b"\n",
}


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS.keys())
def test_a_text_of_other_lines_is_refused(text: bytes) -> None:
    with pytest.raises(NotCanonical):
        text_line(text)


def test_a_line_may_have_16_kib_and_not_one_byte_more() -> None:
    longest = b'{"a":"' + b"x" * (MAX_TEXT_LINE_BYTES - 8) + b'"}'

    assert len(text_line(ACTION_TYPE_LINE + longest + b"\n")) == MAX_TEXT_LINE_BYTES
    with pytest.raises(TooLarge):
        text_line(ACTION_TYPE_LINE + longest.replace(b"x", b"xx", 1) + b"\n")


def test_the_greatest_integer_is_the_greatest_that_every_reader_holds_exactly() -> None:
    assert float(MAX_SAFE_INTEGER) == MAX_SAFE_INTEGER
    assert float(MAX_SAFE_INTEGER + 1) == float(MAX_SAFE_INTEGER + 2)
    assert MAX_NESTING > 3  # signers and grants are objects in an array in an object


def test_canonical_json_sorts_names_at_every_level_and_writes_utf_8() -> None:
    value = {"b": {"d": 1, "c": "Huế"}, "a": [True, {"z": 0, "y": 1}]}

    assert canonical_json(value) == '{"a":[true,{"y":1,"z":0}],"b":{"c":"Huế","d":1}}'.encode()


def test_a_commitment_is_the_hash_of_prefix_salt_and_details() -> None:
    salt, details = bytes(range(32)), b'{"code":"1"}'

    expected = hashlib.sha256(b"dossier-ledger/details@v1\n" + salt + details).digest()

    assert commitment_of(details, salt) == expected


def test_details_are_read_in_their_canonical_form() -> None:
    details = DossierAcceptedDetails(code="H27-260302-0001", register_number="số 7")

    assert decode_details(canonical_json(details), DossierAcceptedDetails) == details


WRONG_DETAILS = {
    "another order": b'{"register_number":"7","code":"1"}',
    "a space": b'{"code": "1"}',
    "null": b'{"code":null}',
    "an unknown member": b'{"code":"1","x":1}',
    "a name twice": b'{"code":"1","code":"1"}',
    "an escaped letter": b'{"code":"\\u0031"}',
    "a lone surrogate": b'{"code":"\\ud800"}',
    "an encoded surrogate": b'{"code":"\xed\xa0\x80"}',
    "no UTF-8": b'{"code":"\xff"}',
    "not an object": b"[]",
    "no JSON": b"",
    "a byte order mark": b'\xef\xbb\xbf{"code":"1"}',
    "nesting beyond the stack": b'{"code":' + b"[" * 50_000 + b"]" * 50_000 + b"}",
}


@pytest.mark.parametrize("details", WRONG_DETAILS.values(), ids=WRONG_DETAILS.keys())
def test_details_of_another_shape_or_spelling_are_refused(details: bytes) -> None:
    with pytest.raises(DetailsMismatch):
        decode_details(details, DossierAcceptedDetails)


def _details_of(size_bytes: int) -> bytes:
    """Details of an exact size: many components, and one line that fills the rest."""
    component = {"code": "c", "sha256": "ab" * 32}

    class Padded(msgspec.Struct):
        components: list[dict[str, str]]
        contact: str
        secret: str

    count = 200
    while True:
        padded = Padded([component] * count, "x", "A" * 43 + "=")
        rest = size_bytes - len(canonical_json(padded))
        if rest >= 0:
            padded.contact += "x" * rest
            return canonical_json(padded)
        count -= 1


def test_details_over_256_kib_are_refused_before_they_are_read() -> None:
    at_limit, beyond = _details_of(MAX_DETAILS_BYTES), _details_of(MAX_DETAILS_BYTES + 1)

    class Anything(msgspec.Struct):
        components: list[dict[str, str]]
        contact: str
        secret: str

    assert (len(at_limit), len(beyond)) == (256 * 1024, 256 * 1024 + 1)
    assert isinstance(decode_details(at_limit, Anything), Anything)
    with pytest.raises(DetailsMismatch, match="at most"):
        decode_details(beyond, Anything)
    with pytest.raises(DetailsMismatch, match="shape"):
        decode_details(at_limit, DossierSubmittedDetails)
