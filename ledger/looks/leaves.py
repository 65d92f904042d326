"""Looks of inspectors as leaves of a tree of their own, whose root stands in the log (ADR 0043).

One look is one leaf. Its record is the line ``dossier-ledger/look@v1``, ended by LF, and one JSON
object in UTF-8, names sorted, no spaces, with what the look names (members that it does not name
are absent), its ``look_index`` (0 for the first of the book) and a ``salt`` of 32 bytes in base64.
The leaf is the hash of these bytes as of a log's entry (RFC 6962). An ``access.looks_committed``
entry names the book, how many looks it holds and the root over them; a sibling hash in a proof
tells nothing, because of the salts. A look of 14 members is about 600 bytes; a test holds one.
"""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Final

import msgspec

from domain.actions import Action
from domain.facts.integrity import AccessLooksCommitted
from domain.oversight.integrity import LOOKS_STREAM
from ledger.action_notes import open_text
from ledger.bodies import canonical_json
from ledger.storage.port import LedgerReader
from transparency.encoding import decode_base64, encode_base64
from transparency.errors import ProofInvalid
from transparency.hashing import HASH_BYTES, leaf_hash
from transparency.merkle import MerkleTree
from transparency.proofs import prove_inclusion, verify_inclusion

SALT_BYTES: Final = 32
_TYPE_LINE: Final = b"dossier-ledger/look@v1\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """One signed request for a trail or for findings; what it did not name is None.

    ``at`` is the server's time (UTC, to the second). ``order_stream`` is where the inspection order
    was issued under which the look was made, ``order`` its number. ``reach`` are the
    offices whose acts a look at a procedure could show, with spaces between, or ``*``; of a look at
    an office those whose acts it showed, mostly offices below. ``target``, ``signature_input`` and
    ``signature`` are the signed request.
    """

    at: str
    inspector: str
    officer: str | None = None
    office: str | None = None
    unit: str | None = None
    procedure: str | None = None
    dossier: str | None = None
    proxy: str | None = None
    first_day: str | None = None
    last_day: str | None = None
    order: str | None = None
    order_stream: str | None = None
    reach: str | None = None
    target: str
    signature_input: str
    signature: str


@dataclass(frozen=True, slots=True)
class KeptLook:
    """A look with its place in the book, from 0, and its salt (32 bytes)."""

    look_index: int
    salt: bytes
    look: Look

    @property
    def record(self) -> bytes:
        """Give the bytes that the leaf is the hash of."""
        named = {name: value for name, value in asdict(self.look).items() if value is not None}
        place = {"look_index": self.look_index, "salt": encode_base64(self.salt)}
        return _TYPE_LINE + canonical_json(named | place)

    @property
    def leaf(self) -> bytes:
        """Give the hash of the record (32 bytes)."""
        return leaf_hash(self.record)


@dataclass(frozen=True, slots=True)
class Commitment:
    """What one entry commits to; ``entry_index`` is None until it has a place in the log."""

    version: int
    entry_index: int | None
    book: int
    looks: int
    root: bytes


def tree_of(leaves: Iterable[bytes]) -> MerkleTree:
    """Make the tree of a book from its leaves, in their order."""
    tree = MerkleTree()
    tree.extend(leaves)
    return tree


def commitment_of(action: Action, entry_index: int | None) -> Commitment | None:
    """Give what an act commits to; None for any other act."""
    facts = action.facts
    if not isinstance(facts, AccessLooksCommitted):
        return None
    root = decode_base64(facts.root, size_bytes=HASH_BYTES)
    return Commitment(action.version, entry_index, facts.book, facts.looks, root)


def read_commitments(reader: LedgerReader, ledger: str) -> list[Commitment]:
    """Give what the ledger's own entries commit to, oldest first.

    Raises:
        LedgerError: an entry cannot be read.
    """
    found = (
        commitment_of(open_text(event.note, ledger).action, event.entry_index)
        for event in reader.stream_events(LOOKS_STREAM)
    )
    return [commitment for commitment in found if commitment is not None]


def prove_look(tree: MerkleTree, look_index: int, commitment: Commitment) -> tuple[bytes, ...]:
    """Prove that a look stands under a commitment that counts it; the caller compares the root."""
    return tuple(prove_inclusion(look_index, commitment.looks, tree))


def verify_look(record: bytes, commitment: Commitment, inclusion: Sequence[bytes]) -> Look:
    """Give the look whose record stands under a commitment.

    Raises:
        ProofInvalid: it is no record of a look, or does not stand there.
    """
    look_index, look = _parse_record(record)
    verify_inclusion(look_index, commitment.looks, leaf_hash(record), inclusion, commitment.root)
    return look


def _parse_record(record: bytes) -> tuple[int, Look]:
    if not record.startswith(_TYPE_LINE):
        raise ProofInvalid("this is no record of a look")
    try:
        members = msgspec.json.decode(record[len(_TYPE_LINE) :], type=dict[str, str | int])
        look_index, salt = members.pop("look_index"), members.pop("salt")
        look = msgspec.convert(members, Look)
        kept = KeptLook(
            msgspec.convert(look_index, int),
            decode_base64(str(salt), size_bytes=SALT_BYTES),
            look,
        )
    except (msgspec.DecodeError, msgspec.ValidationError, KeyError, ValueError) as error:
        raise ProofInvalid(f"this is no record of a look: {error}") from error
    # Another spelling or a member of its own would be a second record of one look.
    if kept.record != record:
        raise ProofInvalid("this is no record of a look: it has another spelling")
    return kept.look_index, look
