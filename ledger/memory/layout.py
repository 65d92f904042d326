"""How each part of a ledger's state lies in the file of its memory."""

import hmac
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final

import msgspec

from domain.decisions import StreamState
from domain.dossiers import Dossier
from ledger.memory.file import MemoryFile
from ledger.memory.maps import StoredMap
from ledger.remembering.recalling import StateMaps
from ledger.state import Head

RATED: Final = "rated"
NAMES: Final = "names"
ENROLLED: Final = "enrolled"
CODES: Final = "codes"
VEILED: Final = "veiled"

_PackedHead = tuple[int, bytes, StreamState]
_head_decoder: Final = msgspec.msgpack.Decoder(_PackedHead)


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
            "rated": StoredMap(self._loader(RATED, bool, rated_key)),
            "names": StoredMap(self._loader(NAMES, _text, str.encode)),
            "enrolled": StoredMap(self._loader(ENROLLED, _text, str.encode)),
            "codes": StoredMap(self._loader(CODES, _text, self.code_key)),
            "tops": StoredMap(self._loader(VEILED, _text, str.encode)),
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

    def take_rows(self) -> Callable[[], Iterator[tuple[str, bytes, bytes]]]:
        """Take what changed beside the heads; give what packs it, in whichever thread."""
        texts: list[tuple[str, dict[str, str], Callable[[str], bytes]]] = [
            (NAMES, self.names.take_changed(), str.encode),
            (ENROLLED, self.enrolled.take_changed(), str.encode),
            (CODES, self.codes.take_changed(), self.code_key),
            (VEILED, self.tops.take_changed(), str.encode),
        ]
        rated = self.rated.take_changed()

        def packed() -> Iterator[tuple[str, bytes, bytes]]:
            for part, changed, key_of in texts:
                for key, value in changed.items():
                    yield part, key_of(key), value.encode()
            for each in rated:
                yield RATED, rated_key(each), b"1"

        return packed

    def _head(self, stream: str) -> Head | None:
        assert self.file is not None
        found = self.file.head(stream)
        return None if found is None else self._unpacked(found)

    def _unpacked(self, packed: bytes) -> Head:
        assert self.file is not None
        try:
            return Head(*_head_decoder.decode(packed))
        except msgspec.DecodeError as error:
            raise self.file.unusable(f"a remembered state cannot be read: {error}") from error

    def _running(self) -> Iterator[tuple[str, Head]]:
        assert self.file is not None
        for stream, packed in self.file.running_heads():
            yield stream, self._unpacked(packed)

    def _loader(
        self, part: str, read: Callable[[bytes], Any], key_of: Callable[[Any], bytes]
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


def runs(head: Head) -> bool:
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
