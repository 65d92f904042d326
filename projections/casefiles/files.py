r"""The file that an inspector signs and hands on (`*.casefile.json`): a manifest, and its parts.

One JSON object in canonical form: names sorted, no spaces, printable ASCII, bytes as padded base64.
Members: `manifest`, the bytes of a signed note; `parts`, by name; `type`. The note's text is two
lines in UTF-8, `dossier-ledger/casefile@v1` and the manifest as one line of JSON with sorted
names. It names every part with its SHA-256 and its length, and is signed with the inspector's
Ed25519 key (`transparency.notes`). Parts:

- `statement.txt`: what the inspector says, in UTF-8
- `trail.json`: the acts, as the server gave them, with their context and checkpoint
- `findings.json`: findings about the dossiers and persons of the trail, as the server gave them
- `checkpoint`: the log's checkpoint, verbatim, with its cosignatures
- `inspector.dossier.json`: the history of the inspector's key, by which the signature is judged
- `histories/1.dossier.json` and on: a history bundle of each dossier that was named
- `details/1.json` and on: private parts that were opened, with the receipt of the access entry
- `manifest.tsr`, `signature.p7s`: added later, over the manifest's bytes, so never listed in it: an
  RFC 3161 answer, and a qualified signature by others' tools, which is kept and not checked here

The same parts and the same manifest give the same bytes.

>>> manifest = render_manifest(
...     Manifest(
...         ledger="x.org", inspector="inspector-1", made_at="2026-11-22T00:00:00Z",
...         subject={"office": "H27.15"}, parts=(described("statement.txt", b"said"),)
...     ),
...     SigningKey("inspector-1", bytes(32)),
... )
>>> casefile = Casefile(manifest=manifest, parts={"statement.txt": b"said"})
>>> parse_casefile(render_casefile(casefile)) == casefile
True
>>> parse_manifest(manifest).inspector
'inspector-1'
"""

import re
from hashlib import sha256
from typing import Final

import msgspec

from projections.casefiles.errors import CasefileTampered, MalformedCasefile
from transparency.errors import MalformedNote
from transparency.notes import SigningKey, parse_note, render_note

CASEFILE_TYPE: Final = "dossier-ledger/casefile@v1"
CASEFILE_SUFFIX: Final = ".casefile.json"
MAX_CASEFILE_BYTES: Final = 96 * 1024 * 1024
STATEMENT: Final = "statement.txt"
TRAIL: Final = "trail.json"
FINDINGS: Final = "findings.json"
CHECKPOINT: Final = "checkpoint"
INSPECTOR: Final = "inspector.dossier.json"
HISTORIES: Final = "histories/"
DETAILS: Final = "details/"
TIMESTAMP: Final = "manifest.tsr"
QUALIFIED: Final = "signature.p7s"
MANIFEST: Final = "manifest"
# Over the manifest's bytes, so they cannot be named in it with a hash.
LATER_PARTS: Final = (TIMESTAMP, QUALIFIED)
NEEDED_PARTS: Final = (STATEMENT, TRAIL, FINDINGS, CHECKPOINT, INSPECTOR)

_NAME: Final = re.compile(r"(?:(?:histories|details)/[1-9][0-9]{0,3}\.)?[a-z0-9]+(?:\.[a-z0-9]+)*")
_PLAIN: Final = re.compile(rb"[\x20-\x5b\x5d-\x7e]+")
_TYPE_LINE: Final = f"{CASEFILE_TYPE}\n".encode()


class _Part(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Base of the parts of a casefile."""


class ManifestPart(_Part, frozen=True, kw_only=True):
    """One part as the inspector signed for it."""

    name: str
    sha256: str
    length_bytes: int


class OpenedPart(_Part, frozen=True, kw_only=True):
    """Of which dossier which private parts are in the file, as an access entry names them."""

    dossier: str
    fields: tuple[str, ...]


class NamedOrder(_Part, frozen=True, kw_only=True):
    """The inspection order under which the inspector looked: number, stream and last day."""

    number: str
    stream: str
    until: str


class Manifest(_Part, frozen=True, kw_only=True, omit_defaults=True):
    """What an inspector signs: who looked at whom, when, under which order, and all parts.

    ``subject`` and ``period`` are the query of the trail; ``opened`` lists private parts, none
    where the file holds none.
    """

    ledger: str
    inspector: str
    made_at: str
    subject: dict[str, str]
    parts: tuple[ManifestPart, ...]
    period: dict[str, str] = {}
    order: NamedOrder | None = None
    dossiers: tuple[str, ...] = ()
    opened: tuple[OpenedPart, ...] = ()
    later_parts: tuple[str, ...] = LATER_PARTS


class Casefile(_Part, frozen=True, kw_only=True):
    """A casefile as somebody was handed it; nothing in it is checked yet."""

    manifest: bytes
    parts: dict[str, bytes]
    type: str = CASEFILE_TYPE


_encoder: Final = msgspec.json.Encoder(order="sorted")
_decoder: Final = msgspec.json.Decoder(Casefile)
_manifest_decoder: Final = msgspec.json.Decoder(Manifest)


def described(name: str, data: bytes) -> ManifestPart:
    """Describe a part for the manifest."""
    assert _NAME.fullmatch(name)
    return ManifestPart(name=name, sha256=sha256(data).hexdigest(), length_bytes=len(data))


def render_manifest(manifest: Manifest, key: SigningKey) -> bytes:
    """Write a manifest as the note that its inspector signs."""
    assert manifest.inspector == key.name
    text = _TYPE_LINE + _encoder.encode(manifest) + b"\n"
    return render_note(text, [key.sign(text)])


def parse_manifest(note: bytes) -> Manifest:
    """Read a manifest; whose signature it bears is not checked.

    Raises:
        MalformedCasefile: it is none, or not in its one spelling.
    """
    try:
        text = parse_note(note).text
        body = text.removeprefix(_TYPE_LINE)
        manifest = _manifest_decoder.decode(body)
    except (MalformedNote, msgspec.DecodeError, RecursionError) as error:
        raise MalformedCasefile(f"{MANIFEST}: {error}") from error
    if text != _TYPE_LINE + _encoder.encode(manifest) + b"\n":
        raise MalformedCasefile(f"{MANIFEST}: it is not in the one spelling of a manifest")
    return manifest


def render_casefile(casefile: Casefile) -> bytes:
    """Write a casefile as the bytes of its file."""
    data = _encoder.encode(casefile)
    assert _PLAIN.fullmatch(data)
    return data


def parse_casefile(data: bytes) -> Casefile:
    """Read the file of a casefile.

    Raises:
        MalformedCasefile: the bytes are none, or not in its one spelling.
    """
    if len(data) > MAX_CASEFILE_BYTES or not _PLAIN.fullmatch(data):
        raise MalformedCasefile("a casefile is printable ASCII of a limited size")
    try:
        casefile = _decoder.decode(data)
    except (msgspec.DecodeError, RecursionError) as error:
        raise MalformedCasefile(f"a casefile has another shape: {error}") from error
    if casefile.type != CASEFILE_TYPE or _encoder.encode(casefile) != data:
        raise MalformedCasefile("the file is not in the one spelling of a casefile of version 1")
    if any(not _NAME.fullmatch(name) for name in casefile.parts):
        raise MalformedCasefile("a part has a name that no part has")
    return casefile


def check_parts(casefile: Casefile) -> Manifest:
    """Check that a casefile holds exactly the parts that its manifest names, byte for byte.

    Raises:
        MalformedCasefile: the manifest is none, or names a part twice or none that is needed.
        CasefileTampered: a part is missing, is another, or nobody signed for it.
    """
    manifest = parse_manifest(casefile.manifest)
    named = {part.name: part for part in manifest.parts}
    if len(named) != len(manifest.parts) or not named.keys() >= set(NEEDED_PARTS):
        raise MalformedCasefile(f"{MANIFEST}: a part is named twice, or one that is needed is not")
    for name, part in named.items():
        data = casefile.parts.get(name)
        if data is None:
            raise CasefileTampered(name, "the manifest names it, and it is not in the file")
        if described(name, data) != part:
            raise CasefileTampered(name, "these are not the bytes that the inspector signed for")
    for name in casefile.parts:
        if name not in named and name not in LATER_PARTS:
            raise CasefileTampered(name, "it is in the file, and the manifest does not name it")
    return manifest
