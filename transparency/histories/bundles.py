r"""The file of a history bundle (`*.dossier.json`): streams whole, with everything that proves it.

One JSON object in canonical form: names sorted, no spaces, printable ASCII without escapes, bytes
as padded base64, nothing that is not named here. Members:

- `type`: `dossier-ledger/history@v1`
- `stream`: the stream that was asked for
- `checkpoint`: the checkpoint's note, verbatim, with its cosignatures; its size is called N
- `seal`: the entry at N-1
- `streams`: by name, each with `stream`, `entries` (all of its entries, rising, each with `index`
  and `entry`; none where the stream has no entry) and `proof`, the index proof of these positions,
  or of absence, under the root in the seal (`transparency.index`)
- `nodes`: the hashes that lead from the seal and all entries to the checkpoint's root, each once,
  named `<level>/<index>` (`transparency.histories.multiproofs`)
- `openings`: of what entries commit to: `stream`, `version`, `salt`, `details`; as many as whoever
  was handed the bundle may see
- `withheld`: present for a stream that is not in the index, whose absence is proven in `streams`:
  its notes by version, each with the `salt` that opens what stands for it in the log, that `entry`
  with its `index` once there is one, and the `promise` that was given for it

The media type is `application/vnd.dossier-ledger.history+json`. Reading checks the form alone.

>>> entry = HistoryEntry(entry=b"entry", index=0)
>>> streams = (StreamHistory(stream="key:a", entries=(entry,), proof=b""),)
>>> bundle = HistoryBundle(
...     stream="key:a", checkpoint=b"x.org\n...", seal=b"seal", streams=streams, nodes={"0/1": b"h"}
... )
>>> for member in render_history(bundle).decode().split(',"'):
...     print(member)
{"checkpoint":"eC5vcmcKLi4u"
nodes":{"0/1":"aA=="}
openings":[]
seal":"c2VhbA=="
stream":"key:a"
streams":[{"entries":[{"entry":"ZW50cnk="
index":0}]
proof":""
stream":"key:a"}]
type":"dossier-ledger/history@v1"}
>>> parse_history(render_history(bundle)) == bundle
True
"""

import re
from collections.abc import Mapping
from typing import Final

import msgspec

from transparency.encoding import parse_decimal
from transparency.errors import MalformedHistory
from transparency.histories.multiproofs import Node
from transparency.tiles import MAX_ENTRY_BYTES

HISTORY_TYPE: Final = "dossier-ledger/history@v1"
HISTORY_MEDIA_TYPE: Final = "application/vnd.dossier-ledger.history+json"
HISTORY_SUFFIX: Final = ".dossier.json"
MAX_HISTORY_BYTES: Final = 64 * 1024 * 1024
MAX_HISTORY_ENTRIES: Final = 20_000
MAX_STREAM_BYTES: Final = 256

_PLAIN: Final = re.compile(rb"[\x20-\x5b\x5d-\x7e]+")


class _Part(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Base of the parts of a bundle."""


class HistoryEntry(_Part, frozen=True, kw_only=True):
    """One entry and where it is said to stand in the log."""

    entry: bytes
    index: int


class StreamHistory(_Part, frozen=True, kw_only=True):
    """What are said to be all entries of a stream; none for one that has no entry."""

    stream: str
    entries: tuple[HistoryEntry, ...]
    proof: bytes


class Opening(_Part, frozen=True, kw_only=True):
    """The private part of one version of a stream, with the salt of its commitment."""

    stream: str
    version: int
    salt: bytes
    details: bytes


class WithheldNote(_Part, frozen=True, kw_only=True, omit_defaults=True):
    """A note that is no entry, and what stands for it in the log, if that is there yet."""

    note: bytes
    salt: bytes
    entry: HistoryEntry | None = None
    promise: bytes = b""


class HistoryBundle(_Part, frozen=True, kw_only=True):
    """What somebody was handed as a history; nothing in it is checked yet."""

    stream: str
    checkpoint: bytes
    seal: bytes
    streams: tuple[StreamHistory, ...]
    nodes: dict[str, bytes]
    openings: tuple[Opening, ...] = ()
    withheld: tuple[WithheldNote, ...] | msgspec.UnsetType = msgspec.UNSET
    type: str = HISTORY_TYPE

    @property
    def withheld_notes(self) -> tuple[WithheldNote, ...]:
        """Give the notes that are no entries; none for a stream of the index."""
        return () if self.withheld is msgspec.UNSET else self.withheld


_encoder: Final = msgspec.json.Encoder(order="sorted")
_decoder: Final = msgspec.json.Decoder(HistoryBundle)


def render_history(bundle: HistoryBundle) -> bytes:
    """Write a bundle as the bytes of its file."""
    data = _encoder.encode(bundle)
    assert _PLAIN.fullmatch(data)
    return data


def parse_history(data: bytes) -> HistoryBundle:
    """Read the file of a bundle; whether it proves anything is the verifier's question.

    Raises:
        MalformedHistory: the bytes are no bundle, or not in its one spelling.
    """
    if len(data) > MAX_HISTORY_BYTES or not _PLAIN.fullmatch(data):
        raise MalformedHistory("a history is printable ASCII of a limited size")
    try:
        bundle = _decoder.decode(data)
    except (msgspec.DecodeError, RecursionError) as error:
        raise MalformedHistory(f"a history has another shape: {error}") from error
    if bundle.type != HISTORY_TYPE or _encoder.encode(bundle) != data:
        raise MalformedHistory("the file is not in the one spelling of a history of version 1")
    _check_limits(bundle)
    return bundle


def _check_limits(bundle: HistoryBundle) -> None:
    entries = [each for part in bundle.streams for each in part.entries]
    entries += [each.entry for each in bundle.withheld_notes if each.entry is not None]
    if len(entries) > MAX_HISTORY_ENTRIES:
        raise MalformedHistory(f"a history has at most {MAX_HISTORY_ENTRIES} entries")
    if any(each.index < 0 or not 0 < len(each.entry) <= MAX_ENTRY_BYTES for each in entries):
        raise MalformedHistory("an entry is empty or too long, or its index is below zero")
    names = [part.stream for part in bundle.streams]
    if names != sorted(set(names)) or any(len(name) > MAX_STREAM_BYTES for name in names):
        raise MalformedHistory("streams stand in the order of their names, each once")


def render_nodes(nodes: Mapping[Node, bytes]) -> dict[str, bytes]:
    """Write the nodes of a proof by their names."""
    return {f"{level}/{index}": single for (level, index), single in nodes.items()}


def parse_nodes(named: Mapping[str, bytes]) -> dict[Node, bytes]:
    """Read the nodes of a proof.

    Raises:
        MalformedHistory: a name is not `<level>/<index>`.
    """
    nodes = {}
    for name, single in named.items():
        level, _, index = name.partition("/")
        try:
            nodes[parse_decimal(level), parse_decimal(index)] = single
        except ValueError as error:
            raise MalformedHistory("a node is named by level and index") from error
    return nodes
