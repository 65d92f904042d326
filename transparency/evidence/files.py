r"""The file of evidence (`*.evidence.json`): what a log is charged with, and the pieces, verbatim.

One JSON object in canonical form (names sorted, no spaces, printable ASCII without escapes, bytes
as padded base64): `type` is `dossier-ledger/evidence@v1`, `kind` the charge, and `pieces` the bytes
by name, exactly those that the charge asks for. A piece is itself a file that other tools read: a
checkpoint, a receipt (C2SP tlog-proof), a promise, a history bundle, a document. Whoever judges
needs the trust anchors, sometimes a policy of witnesses, and believes nothing that the file says.

>>> evidence = Evidence("fork", {"second": b"note 2", "first": b"note 1"})
>>> print(render_evidence(evidence).decode())
{"kind":"fork","pieces":{"first":"bm90ZSAx","second":"bm90ZSAy"},"type":"dossier-ledger/evidence@v1"}
>>> parse_evidence(render_evidence(evidence)) == evidence
True
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import msgspec

from transparency.errors import MalformedEvidence

EVIDENCE_TYPE: Final = "dossier-ledger/evidence@v1"
EVIDENCE_SUFFIX: Final = ".evidence.json"
# A history bundle in base64, and what stands around it.
MAX_EVIDENCE_BYTES: Final = 96 * 1024 * 1024

_PLAIN: Final = re.compile(rb"[\x20-\x5b\x5d-\x7e]+")


@dataclass(frozen=True, slots=True)
class Evidence:
    """What somebody was handed as evidence; nothing in it is judged yet."""

    kind: str
    pieces: Mapping[str, bytes]


@dataclass(frozen=True, slots=True)
class Misbehaviour:
    """What evidence has shown: the charge, of which log, and its particulars by name."""

    kind: str
    origin: str
    particulars: Mapping[str, str] = field(default_factory=dict)


class _EvidenceParts(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    kind: str
    pieces: dict[str, bytes]
    type: str


_encoder: Final = msgspec.json.Encoder(order="sorted")
_decoder: Final = msgspec.json.Decoder(_EvidenceParts)


def render_evidence(evidence: Evidence) -> bytes:
    """Write evidence as the bytes of its file."""
    data = _encoder.encode(
        _EvidenceParts(kind=evidence.kind, pieces=dict(evidence.pieces), type=EVIDENCE_TYPE)
    )
    assert _PLAIN.fullmatch(data)
    return data


def parse_evidence(data: bytes) -> Evidence:
    """Read a file of evidence; whether it shows anything is for a judge.

    Raises:
        MalformedEvidence: the bytes are no evidence, or not in its one spelling.
    """
    if len(data) > MAX_EVIDENCE_BYTES or not _PLAIN.fullmatch(data):
        raise MalformedEvidence("evidence is printable ASCII of a limited size")
    try:
        parsed = _decoder.decode(data)
    except (msgspec.DecodeError, RecursionError) as error:
        raise MalformedEvidence(f"evidence has another shape: {error}") from error
    if parsed.type != EVIDENCE_TYPE or _encoder.encode(parsed) != data:
        raise MalformedEvidence("the file is not in the one spelling of evidence of version 1")
    return Evidence(parsed.kind, parsed.pieces)


def take_pieces(evidence: Evidence, *names: str, optional: tuple[str, ...] = ()) -> list[bytes]:
    """Give the pieces that a charge asks for, in this order; absent optional ones are empty.

    Raises:
        MalformedEvidence: a piece is missing, or there is one too many.
    """
    found = set(evidence.pieces)
    if not set(names) <= found <= {*names, *optional}:
        raise MalformedEvidence(f"evidence of {evidence.kind} consists of {', '.join(names)}")
    return [evidence.pieces.get(name, b"") for name in (*names, *optional)]
