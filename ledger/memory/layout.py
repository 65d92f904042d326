"""How each part of a ledger's state lies in the file of its memory."""

import hmac
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final

import msgspec

from domain.decisions import StreamState
from domain.dossiers import Dossier
from ledger.memory.buckets import Part
from ledger.memory.file import Change, MemoryFile
from ledger.memory.maps import StoredMap
from ledger.remembering.noted import Place
from ledger.remembering.recalling import StateMaps
from ledger.state import Head

_PackedHead = tuple[int, bytes, StreamState]
_head_decoder: Final = msgspec.msgpack.Decoder(_PackedHead)
_noted_decoder: Final = msgspec.msgpack.Decoder(Place)


@dataclass(frozen=True, slots=True)
class Layout:
    """The maps of one ledger's state over one file; without a file they begin empty."""

    secret: bytes
    file: MemoryFile | None
    heads: StoredMap[str, Head] = field(init=False)
    rated: StoredMap[tuple[str, str], bool] = field(init=False)
    names: StoredMap[str, str] = field(init=False)
    enrolled: StoredMap[str, str] = field(init=False)
    codes: StoredMap[str, str] = field(init=False)
    tops: StoredMap[str, str] = field(init=False)

    def __post_init__(self) -> None:
        """Make the maps."""
        has_file = self.file is not None
        heads = StoredMap[str, Head](
            self._head if has_file else None, self._running if has_file else None
        )
        maps: dict[str, Any] = {
            "heads": heads,
            "rated": StoredMap(self._loader(Part.RATED, bool, rated_key)),
            "names": StoredMap(self._loader(Part.NAMES, _text, str.encode)),
            "enrolled": StoredMap(self._loader(Part.ENROLLED, _text, str.encode)),
            "codes": StoredMap(self._loader(Part.CODES, _text, self.code_key)),
            "tops": StoredMap(self._loader(Part.VEILED, _text, str.encode)),
        }
        for name, made in maps.items():
            object.__setattr__(self, name, made)

    @property
    def state_maps(self) -> StateMaps:
        """Give those that a ledger's state keeps."""
        return StateMaps(self.heads, self.rated, self.names, self.enrolled, self.codes)

    def code_key(self, code: str) -> bytes:
        """Give what stands for a dossier code: it is private, and guessed easily."""
        return hmac.digest(self.secret, b"code\n" + code.encode(), "sha256")

    def take_rows(self) -> Callable[[], Iterator[Change]]:
        """Take what changed; give what packs it, in whichever thread."""
        texts: list[tuple[Part, dict[str, str], Callable[[str], bytes]]] = [
            (Part.NAMES, self.names.take_changed(), str.encode),
            (Part.ENROLLED, self.enrolled.take_changed(), str.encode),
            (Part.CODES, self.codes.take_changed(), self.code_key),
            (Part.VEILED, self.tops.take_changed(), str.encode),
        ]
        heads, rated = self.heads.take_changed(), self.rated.take_changed()

        def packed() -> Iterator[Change]:
            for stream, head in heads.items():
                lies_in, lies_not_in = _parts_of(head)
                yield lies_in, stream.encode(), partial(pack_head, head)
                yield lies_not_in, stream.encode(), None
            for part, changed, key_of in texts:
                for key, value in changed.items():
                    yield part, key_of(key), partial(str.encode, value)
            for each in rated:
                yield Part.RATED, rated_key(each), lambda: b"1"

        return packed

    def noted(self) -> list[Place]:
        """Give the places that were noted, in order.

        Raises:
            MemoryUnusable: the file does not hold what was written last.
        """
        assert self.file is not None
        try:
            return sorted(_noted_decoder.decode(key) for key, _ in self.file.rows(Part.NOTED))
        except msgspec.DecodeError as error:
            raise self.file.unusable(f"a noted place cannot be read: {error}") from error

    def _head(self, stream: str) -> Head | None:
        assert self.file is not None
        key = stream.encode()
        found = self.file.row(Part.RUNNING, key) or self.file.row(Part.RESTING, key)
        return None if found is None else self._unpacked(found)

    def _unpacked(self, packed: bytes) -> Head:
        assert self.file is not None
        try:
            return Head(*_head_decoder.decode(packed))
        except msgspec.DecodeError as error:
            raise self.file.unusable(f"a remembered state cannot be read: {error}") from error

    def _running(self) -> Iterator[tuple[str, Head]]:
        assert self.file is not None
        for key, packed in self.file.rows(Part.RUNNING):
            yield key.decode(), self._unpacked(packed)

    def _loader(
        self, part: Part, read: Callable[[bytes], Any], key_of: Callable[[Any], bytes]
    ) -> Callable[[Any], Any] | None:
        file = self.file
        if file is None:
            return None

        def load(key: Any) -> Any:  # noqa: ANN401 - each part has keys and values of its own
            found = file.row(part, key_of(key))
            return None if found is None else read(found)

        return load


def pack_head(head: Head) -> bytes:
    """Write a head as bytes."""
    return msgspec.msgpack.encode((head.version, head.leaf_hash, head.state))


def noted_changes(noted: Iterable[Place], no_longer_noted: Iterable[Place]) -> Iterator[Change]:
    """Give the rows of acts to open again at each start, and of those that no longer are."""
    for place in noted:
        yield Part.NOTED, msgspec.msgpack.encode(place), bytes
    for place in no_longer_noted:
        yield Part.NOTED, msgspec.msgpack.encode(place), None


def _parts_of(head: Head) -> tuple[Part, Part]:
    """Give where a head lies, and where it lies no more."""
    return (Part.RUNNING, Part.RESTING) if _runs(head) else (Part.RESTING, Part.RUNNING)


def _runs(head: Head) -> bool:
    """Tell whether acts on other streams may move it: `domain.rules.dates` moves no other."""
    state = head.state
    if not isinstance(state, Dossier):
        return False
    return state.ended_at is None and state.accepted_at is not None


def rated_key(rated: tuple[str, str]) -> bytes:
    """Give the key of one rating: dossier and stage."""
    return "\n".join(map(str, rated)).encode()


def _text(data: bytes) -> str:
    return data.decode()
