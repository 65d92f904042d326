"""Copying editions beside a mirrored log, and looking at the kept ones again.

What fits the copied log is kept once and never replaced. The source is asked again for what is
kept: an edition that shows other bytes, or is gone, becomes a case in the mirror's folder of
evidence, and the mirror goes on serving what it kept. An edition is signed by nobody but for its
checkpoint: a case says what was shown, and `recompute --edition` whose bytes are the log's.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Final, Protocol

from ledger.errors import StoreCorrupt
from ledger.mirroring.copying import misbehaviour_pieces
from ledger.mirroring.evidence import SECOND_CHECKPOINT, EvidenceFolder
from ledger.mirroring.folder import MirrorFolder
from projections.editions.errors import EditionDiffers, NoEdition
from projections.editions.folder import EditionFolder, parse_day
from projections.editions.mirrored.fitting import (
    check_files,
    check_is_of_log,
    check_manifest,
    signed_by_log,
)
from projections.editions.shapes import MANIFEST
from transparency.checkpoints import SignedCheckpoint
from transparency.errors import LogMisbehaviour
from transparency.log_keys import LogKeys
from transparency.trusted_log import TrustedLog

CHANGED: Final = "edition_changed"
VANISHED: Final = "edition_vanished"
# How soon after the first round, which asks for all, the next kept edition is asked for again: one
# of a large ledger has some 20 MB.
LOOK_AGAIN_AFTER: Final = timedelta(minutes=1)
# A source that shows nothing but wrong editions shall not keep a round from ending.
MOST_PROBLEMS: Final = 20


class EditionSource(Protocol):
    """Where editions are copied from; nothing it gives is believed."""

    def days(self) -> Sequence[date]:
        """Give the days that it has editions of; none where it publishes none."""

    def read(self, day: date, name: str) -> bytes | None:
        """Give a file of an edition, or None where it is not there."""


@dataclass(frozen=True, slots=True)
class EditionProblem:
    """What is wrong with the edition of a day at the source, with a constant code."""

    day: date
    code: str
    message: str


@dataclass(slots=True)
class CopiedEditions:
    """What one round did: how many lie here, which are new, which wait for the log to go on."""

    held: int = 0
    new: list[date] = field(default_factory=list)
    waiting: list[date] = field(default_factory=list)
    problems: list[EditionProblem] = field(default_factory=list)


class EditionMirror:
    """The editions of one mirror; `update` runs one round, after one of the log's."""

    def __init__(self, folder: MirrorFolder, keys: LogKeys) -> None:
        self._mirror = folder
        self._keys = keys
        self._folder = EditionFolder(folder.editions)
        self._evidence = EvidenceFolder(folder.evidence)
        # Up to which day, and when, editions were looked at again: None before the first round.
        self._seen_up_to: date | None = None
        self._seen_at: datetime | None = None

    def update(self, source: EditionSource, now: datetime) -> CopiedEditions:
        """Copy the editions that are new, and look at kept ones again; ``now`` dates evidence.

        Raises:
            StoreUnavailable: a disk or the source does not answer; ask again.
            StoreCorrupt: what lies here is not what was kept.
        """
        with self._mirror.locked():
            served = self._mirror.served(self._keys)
            if served is None:
                return CopiedEditions()
            kept = self._mirror.kept_editions()
            round_ = _Round(source, TrustedLog(self._mirror.tiles(), served), served, kept, now)
            listed = set(source.days())
            held = {day for day in map(parse_day, kept) if day is not None}
            for day in (*sorted(held - listed), *self._in_turn(sorted(held & listed), now)):
                if round_.goes_on:
                    self._look_again(round_, day)
            for day in sorted(listed - held):
                if round_.goes_on:
                    self._copy(round_, day)
            round_.result.held = len(kept)
            return round_.result

    def _in_turn(self, days: Sequence[date], now: datetime) -> Sequence[date]:
        """Choose all editions in the first round that has some, and then the next one of all."""
        if self._seen_up_to is None or self._seen_at is None:
            chosen = days
        elif now - self._seen_at < LOOK_AGAIN_AFTER:
            return ()
        else:
            following = [day for day in days if day > self._seen_up_to]
            chosen = [*following, *days][:1]
        if chosen:
            self._seen_up_to, self._seen_at = chosen[-1], now
        return chosen

    def _copy(self, round_: "_Round", day: date) -> None:
        read: dict[str, bytes] = {}
        try:
            files = self._checked(round_, day, read)
            self._folder.write(day, files)
        except NoEdition:
            round_.result.waiting.append(day)
        except EditionDiffers as error:
            self._tell(round_, day, error.code, str(error), _named("published", read))
        except LogMisbehaviour as error:
            self._tell_of_fork(round_, day, error, read)
        else:
            # CRASH: an edition that is not in the list is taken for a new one, and is there.
            round_.kept[day.isoformat()] = hashlib.sha256(files[MANIFEST]).hexdigest()
            self._mirror.write_kept_editions(round_.kept)
            round_.result.new.append(day)

    def _checked(self, round_: "_Round", day: date, read: dict[str, bytes]) -> dict[str, bytes]:
        def reading(name: str) -> bytes | None:
            body = round_.source.read(day, name)
            if body is not None:
                read[name] = body
            return body

        body = reading(MANIFEST)
        if body is None:
            raise EditionDiffers(f"{day}: an edition is listed and not there")
        manifest = check_manifest(body, day, round_.served.checkpoint.origin)
        check_is_of_log(manifest, signed_by_log(manifest, self._keys), round_.log)
        return {**check_files(manifest, reading), MANIFEST: body}

    def _look_again(self, round_: "_Round", day: date) -> None:
        kept = self._kept_files(day, round_.kept[day.isoformat()])
        if round_.source.read(day, MANIFEST) is None:
            message = f"the edition of {day} was published, and is not there any more"
            self._tell(round_, day, VANISHED, message, _named("kept", {MANIFEST: kept[MANIFEST]}))
            return
        shown = {name: round_.shown_otherwise(day, name, body) for name, body in kept.items()}
        other = {name: body for name, body in shown.items() if body != kept[name]}
        if not other:
            return
        pieces = _named("kept", {name: kept[name] for name in (MANIFEST, *other)})
        pieces |= _named("published", {k: body for k, body in other.items() if body is not None})
        message = f"the edition of {day} has other bytes than when it was copied: "
        self._tell(round_, day, CHANGED, message + ", ".join(sorted(other)), pieces)

    def _kept_files(self, day: date, sha256_hex: str) -> dict[str, bytes]:
        """Read what lies here, which must be what was kept, before anybody else is blamed."""
        try:
            body = self._folder.read(day, MANIFEST)
            manifest = self._folder.manifest(day)
            names = [listed.name for listed in manifest.files]
            files = {name: self._folder.checked(manifest, name) for name in names}
        except (EditionDiffers, NoEdition) as error:
            raise StoreCorrupt(f"the mirror's own editions were changed: {error}") from error
        if hashlib.sha256(body).hexdigest() != sha256_hex:
            raise StoreCorrupt(f"the mirror's own edition of {day} is not what was kept")
        return {MANIFEST: body, **files}

    def _tell_of_fork(
        self, round_: "_Round", day: date, error: LogMisbehaviour, read: Mapping[str, bytes]
    ) -> None:
        manifest = check_manifest(read[MANIFEST], day, round_.served.checkpoint.origin)
        signed = signed_by_log(manifest, self._keys)
        tiles = self._mirror.tiles()
        pieces = misbehaviour_pieces(error, signed, round_.served, (tiles, tiles))
        message = f"the edition of {day} is of another log with the same name: {error}"
        self._tell(round_, day, error.code, message, pieces | _named("published", read))

    def _tell(
        self, round_: "_Round", day: date, code: str, message: str, pieces: Mapping[str, bytes]
    ) -> None:
        own = {SECOND_CHECKPOINT: round_.served.note} if code == EditionDiffers.code else {}
        origin = round_.served.checkpoint.origin
        self._evidence.keep(code, message, origin, {**own, **pieces}, round_.now)
        round_.result.problems.append(EditionProblem(day, code, message))


@dataclass(frozen=True, slots=True)
class _Round:
    source: EditionSource
    log: TrustedLog
    served: SignedCheckpoint
    kept: dict[str, str]
    now: datetime
    result: CopiedEditions = field(default_factory=CopiedEditions)

    @property
    def goes_on(self) -> bool:
        """Tell whether more editions are looked at in this round."""
        return len(self.result.problems) < MOST_PROBLEMS

    def shown_otherwise(self, day: date, name: str, kept: bytes) -> bytes | None:
        """Give a file as the source shows it; once more, where it is another one."""
        body = self.source.read(day, name)
        return body if body == kept else self.source.read(day, name)


def _named(prefix: str, files: Mapping[str, bytes]) -> dict[str, bytes]:
    return {f"{prefix}-{name}": body for name, body in files.items()}
