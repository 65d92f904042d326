"""A real and valid log of a wanted size, made fast: lives of many dossiers, interleaved by time.

Every note is signed by the key that must sign it and every decision about it comes out right, as
`audit` shows; no writer decides here, so making a million entries takes minutes and not hours.
Made once per size: a folder that holds `log/`, its documents and the anchors. One seed, one log.
"""

import heapq
import os
import random
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Final

from bench.logs.lives import BYTES_OF_HASH, OFFICES, PROCEDURES, Act, Lives
from domain import facts
from domain.actions import OFFICELESS_STREAMS, VEILED_STREAMS
from domain.kinds import KINDS
from domain.moments import Moment
from domain.offices import BilingualName, Level, Office
from domain.procedures import Limit, LimitUnit, Procedure
from domain.roles import Role
from domain.veils import VeilAct
from ledger.action_notes import SubmittedAction
from ledger.bodies import canonical_json
from ledger.calendar_source import calendar_document
from ledger.documents import DocumentFolder
from ledger.drafting import FIRST_PLACE, Drafter, Place, Publishing, place_after
from ledger.key_files import OperatorKeys, render_anchors
from ledger.opening import opening_action
from ledger.private.vault import Keyring, PrivatePart, Vault
from ledger.writing.envelopes import render_envelope
from ledger.writing.public_log import index_key
from ledger.writing.veils import Veil, render_veil
from transparency.checkpoints import Checkpoint, sign_checkpoint
from transparency.hashing import leaf_hash
from transparency.index import StreamIndex
from transparency.merkle import MerkleTree
from transparency.notes import SigningKey, parse_note
from transparency.seals import Seal, render_seal
from transparency.tiles import (
    TILE_WIDTH,
    bundle_path,
    bundles_between,
    pack_bundle,
    tile_path,
    tiles_between,
)

ORIGIN: Final = "localhost/0a1b2c3d"
ZONE: Final = "Asia/Ho_Chi_Minh"
START: Final = datetime(2025, 10, 6, 1, tzinfo=UTC)
SPAN: Final = timedelta(days=300)
ENTRIES_PER_SEAL: Final = 256
SHARE_WITHHELD: Final = 0.01
TOP: Final = "H27"
PARTS_PER_TRANSACTION: Final = 5_000
STORED_AT: Final = "2026-01-01T00:00:00Z"
# About what one dossier's life comes to, with what belongs to it on other streams.
ENTRIES_PER_LIFE: Final = 7.8


def make_log(folder: Path, entries: int, seed: int = 0) -> Path:
    """Give the folder of a log of that many entries; make it where it is not there yet."""
    made = folder / f"{entries}-{seed}"
    if not (made / "log" / "checkpoint").exists():
        _Maker(made, entries, seed).make()
    return made


def make_log_and_vault(folder: Path, entries: int, entries_per_seal: int, seed: int = 0) -> Path:
    """Give the folder of such a log with the private parts of its acts in a vault beside it."""
    made = folder / f"{entries}-{seed}-{entries_per_seal}-vault"
    if not (made / "log" / "checkpoint").exists():
        maker = _Maker(made, entries, seed, entries_per_seal)
        maker.make()
        with closing(open_keyring(made)) as keyring, closing(open_vault(made, keyring)) as vault:
            for start in range(0, len(maker.private), PARTS_PER_TRANSACTION):
                vault.store(maker.private[start : start + PARTS_PER_TRANSACTION], STORED_AT)
    return made


def open_keyring(folder: Path) -> Keyring:
    """Open the keyring of a log that was made with a vault."""
    return Keyring(folder / "keyring.sqlite3", bytes(BYTES_OF_HASH), os.urandom)


def open_vault(folder: Path, keyring: Keyring) -> Vault:
    """Open the vault of a log that was made with one."""
    return Vault(folder / "vault.sqlite3", keyring, ORIGIN, os.urandom)


@dataclass(slots=True)
class _Published:
    """Tree, index and bodies, grown without files until the end."""

    key: SigningKey
    bodies: list[bytes] = field(default_factory=list)
    tree: MerkleTree = field(default_factory=MerkleTree)
    index: StreamIndex = field(default_factory=StreamIndex)
    checkpoint: bytes = b""

    def add(self, body: bytes, stream: str | None) -> None:
        if stream is not None:
            self.index.append(index_key(stream), len(self.bodies))
        self.bodies.append(body)
        self.tree.append(leaf_hash(body))

    def seal(self, at: datetime) -> None:
        seal = Seal(len(self.bodies), self.index.root_hash(), at, self.checkpoint)
        self.add(render_seal(seal), None)
        size = self.tree.tree_size
        checkpoint = Checkpoint(ORIGIN, size, self.tree.root_hash(size))
        self.checkpoint = sign_checkpoint(checkpoint, self.key)

    def write(self, folder: Path) -> None:
        size = self.tree.tree_size
        for tile in tiles_between(0, size):
            _write(folder / tile_path(tile), self.tree.tile_bytes(tile))
        for bundle in bundles_between(0, size):
            start = bundle.index * TILE_WIDTH
            bodies = self.bodies[start : start + bundle.width]
            _write(folder / bundle_path(bundle), pack_bundle(bodies))
        _write(folder / "checkpoint", self.checkpoint)


class _Maker:
    def __init__(
        self, folder: Path, entries: int, seed: int, entries_per_seal: int = ENTRIES_PER_SEAL
    ) -> None:
        self._folder, self._entries = folder, entries
        self._entries_per_seal = entries_per_seal
        self.private: list[PrivatePart] = []
        self._random = random.Random(seed)
        self._drafter = Drafter(ORIGIN, self._random.randbytes)
        self._lives = Lives(self._random)
        self._keys = self._operator_keys()
        self._lives.sign_for_the_ledger(self._keys.registrar, self._keys.system)
        self._catalogue = self._lives.new_key("catalogue")
        self._published = _Published(self._keys.log)
        self._places: dict[str, Place] = {}
        self._documents = DocumentFolder(folder / "log" / "documents")

    def make(self) -> None:
        self._documents.make()
        self._open()
        unsealed = 0
        for at, act in self._interleaved():
            self._act(at, act)
            unsealed += 1
            if self._left() > 1 and self._random.random() < SHARE_WITHHELD:
                self._withheld(at)
            if self._left() > 1 and unsealed >= self._entries_per_seal - 1:
                self._published.seal(at + timedelta(seconds=1))
                unsealed = 0
            if self._left() == 1:
                break
        self._published.seal(at + timedelta(seconds=1))
        self._published.write(self._folder / "log")
        _write(self._folder / "anchors.toml", render_anchors(self._keys.anchors).encode())

    def _left(self) -> int:
        return self._entries - len(self._published.bodies)

    def _operator_keys(self) -> OperatorKeys:
        return OperatorKeys(
            origin=ORIGIN,
            log=SigningKey(ORIGIN, self._random.randbytes(BYTES_OF_HASH)),
            promise=self._lives.new_key("promise"),
            registrar=self._lives.new_key("registrar"),
            system=self._lives.new_key("system"),
            recovery=tuple(self._lives.new_key("recovery") for _ in range(3)),
            key_encryption_key=bytes(BYTES_OF_HASH),
            import_secret=bytes(BYTES_OF_HASH),
            view_secret=bytes(BYTES_OF_HASH),
        )

    def _open(self) -> None:
        """Publish the registry: keys and seats, offices, calendar, procedures."""
        draft, at = self._drafter, Moment(instant=START)
        registrar = self._keys.registrar
        self._take(opening_action(self._keys, START), f"ledger:{ORIGIN}")
        for office in (TOP, *OFFICES):
            document = canonical_json(_office(office))
            registered = draft.register_office(registrar, office, document, FIRST_PLACE, at)
            self._take(registered, f"office:{office}")
        for number, ((office, role), key) in enumerate(self._lives.seats.items()):
            details = facts.KeyRegisteredDetails(personnel_number=f"CB-{number:04d}")
            grants = [facts.Grant(role, office)]
            self._take(draft.register_key(registrar, key, grants, at, details), f"key:{key.name}")
        grants = [facts.Grant(Role.CATALOGUE_ADMIN, "*")]
        enrolled = draft.register_key(registrar, self._catalogue, grants, at)
        self._take(enrolled, f"key:{self._catalogue.name}")
        calendar = Publishing(calendar_document(2025, 2026), TOP, FIRST_PLACE, at)
        published = draft.publish_calendar(self._catalogue, "VN", calendar)
        self._take(published, "calendar:VN")
        for code in PROCEDURES:
            what = Publishing(canonical_json(_procedure(code)), TOP, FIRST_PLACE, at)
            published = draft.publish_procedure(self._catalogue, code, 1, what)
            self._take(published, f"procedure:{code}")
        self._published.seal(START + timedelta(seconds=1))

    def _take(self, action: SubmittedAction, stream: str) -> None:
        place = self._places.get(stream, FIRST_PLACE)
        self._places[stream] = place_after(place, action.note)
        if action.document is not None:
            self._documents.store(action.document)
        if action.details is not None and action.salt is not None:
            text_hash = sha256(parse_note(action.note).text).digest()
            part = PrivatePart(stream, place.version, text_hash, action.salt, action.details)
            self.private.append(part)
        self._published.add(action.note, stream)

    def _act(self, at: datetime, act: Act) -> None:
        stream_type = KINDS[act.kind].stream
        without_office = stream_type in OFFICELESS_STREAMS | VEILED_STREAMS
        note = self._drafter.sign(
            act.kind,
            act.stream,
            self._places.get(act.stream, FIRST_PLACE),
            Moment(instant=at),
            act.said,
            act.signers,
            office=None if without_office else act.office,
            details=act.details,
        )
        self._take(note, act.stream)

    def _withheld(self, at: datetime) -> None:
        commitment = self._random.randbytes(BYTES_OF_HASH)
        if self._random.random() < 0.5:
            self._published.add(render_envelope(commitment), None)
            return
        veil = Veil(f"{at:%Y-%m}", TOP, VeilAct.STEP, commitment)
        self._published.add(render_veil(veil), None)

    def _interleaved(self) -> Iterator[tuple[datetime, Act]]:
        """Give all acts of all lives in the order of their time."""
        lives = int(self._entries / ENTRIES_PER_LIFE) + 100
        begins = sorted(self._random.random() for _ in range(lives))
        running: list[tuple[datetime, int, Act, Iterator[Act]]] = []
        for number, begin in enumerate(begins):
            start = (START + begin * SPAN).replace(microsecond=0) + timedelta(hours=1)
            while running and running[0][0] <= start:
                yield from self._step(running)
            life = self._lives.life()
            heapq.heappush(running, (start, number, next(life), life))
        while running:
            yield from self._step(running)

    def _step(
        self, running: list[tuple[datetime, int, Act, Iterator[Act]]]
    ) -> Iterator[tuple[datetime, Act]]:
        at, number, act, life = heapq.heappop(running)
        yield at, act
        following = next(life, None)
        if following is not None:
            heapq.heappush(running, (at + following.after, number, following, life))


def _office(office: str) -> Office:
    name = BilingualName(vi=f"Đơn vị {office}", en=f"Office {office}")
    if office == TOP:
        return Office(id=office, name=name, level=Level.PROVINCE, time_zone=ZONE)
    return Office(id=office, name=name, level=Level.COMMUNE, time_zone=ZONE, parent=TOP)


def _procedure(code: str) -> Procedure:
    limit = Limit(unit=LimitUnit.WORKING_DAYS, amount=3 + int(code[-1]))
    name = BilingualName(vi=f"Thủ tục {code}", en=f"Procedure {code}")
    return Procedure(code=code, version=1, name=name, level=Level.COMMUNE, limit=limit)


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
