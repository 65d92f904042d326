"""Copying editions beside a mirrored log, and looking at the kept ones again.

What fits the copied log is kept once and never replaced. The source is asked again for what is
kept: an edition that shows other bytes, or is gone in two rounds, becomes a case in the mirror's
folder of evidence, and the mirror goes on serving what it kept. An edition is signed by nobody but
for its checkpoint: a case says what an address showed, and `recompute --edition` whose bytes are
the log's.
"""

import hashlib
from collections.abc import Callable, Iterable
from datetime import date, datetime

from ledger.errors import StoreCorrupt, StoreUnavailable
from ledger.mirroring.copying import misbehaviour_pieces
from ledger.mirroring.evidence import SECOND_CHECKPOINT, EvidenceFolder, stamp
from ledger.mirroring.folder import MirrorFolder, MissingEdition
from projections.editions.days import day_of
from projections.editions.errors import EditionDiffers, NoEdition
from projections.editions.folder import EditionFolder, parse_day
from projections.editions.mirrored.fitting import (
    check_files,
    check_is_of_log,
    check_manifest,
    signed_by_log,
)
from projections.editions.mirrored.rounds import (
    CHANGED,
    MISSING,
    MOST_PROBLEMS,
    NOT_PUBLISHED,
    VANISHED,
    CopiedEditions,
    EditionSource,
    Round,
    named,
)
from projections.editions.mirrored.turns import InTurn, LookingAgain, Untried
from projections.editions.shapes import MANIFEST
from transparency.errors import LogMisbehaviour
from transparency.log_keys import LogKeys
from transparency.trusted_log import TrustedLog


class EditionMirror:
    """The editions of one mirror; `update` runs one round, after one of the log's."""

    def __init__(self, folder: MirrorFolder, keys: LogKeys) -> None:
        self._mirror = folder
        self._keys = keys
        self._folder = EditionFolder(folder.editions)
        self._untried = Untried()
        self._unlisted = InTurn()
        self._looking = LookingAgain()

    def update(self, source: EditionSource, now: datetime) -> CopiedEditions:
        """Copy the editions that are new, and look at kept ones again; ``now`` dates evidence.

        A disk or a source that ceases to answer meanwhile is the result's ``failure``.

        Raises:
            StoreUnavailable: a disk or the source does not answer; ask again.
            ProofInvalid: the source's list is none.
            StoreCorrupt: what lies here is not what was kept.
        """
        with self._mirror.locked():
            served = self._mirror.served(self._keys)
            if served is None:
                return CopiedEditions()
            kept = self._mirror.kept_editions()
            log = TrustedLog(self._mirror.tiles(), served)
            evidence = EvidenceFolder(self._mirror.evidence)
            round_ = Round(source, log, served, kept, evidence, now)
            # The folder of editions has no room for days of other centuries.
            listed = {day for day in source.days() if parse_day(day.isoformat()) is not None}
            held = {day for day in map(parse_day, kept) if day is not None}
            if held and not listed:
                message = f"{source.address} publishes no editions; {len(held)} are kept here"
                round_.say(None, NOT_PUBLISHED, message)
            else:
                self._go_round(round_, listed, held)
            round_.result.held = len(kept)
            return round_.result

    def _go_round(self, round_: Round, listed: set[date], held: set[date]) -> None:
        """Let each part have its own problems and failures: none keeps the next from its turn."""
        new = listed - held
        fresh = self._untried.fresh(new, day_of(round_.now))
        again = self._untried.again(new, MOST_PROBLEMS)
        _each(round_, fresh, lambda day: self._copy(round_, day))
        _each(round_, again, lambda day: self._copy(round_, day))
        round_.result.new.sort()
        unlisted = self._unlisted.next_of(held - listed, MOST_PROBLEMS)
        _each(round_, unlisted, lambda day: self._look_again(round_, day))
        due = [day for day in self._looking.due(held, round_.now) if day not in unlisted]
        _each(round_, due, lambda day: self._look_again(round_, day))

    def _copy(self, round_: Round, day: date) -> None:
        self._untried.note(day)
        manifest = round_.source.read(day, MANIFEST)
        if manifest is None:
            # It may pass, and there is nothing to keep: what is shown later shall find its place.
            message = f"{round_.source.address} lists an edition of {day} and does not have it"
            round_.say(day, MISSING, message)
            return
        read = {MANIFEST: manifest}
        try:
            files = self._checked(round_, day, read)
            self._write(day, files)
        except NoEdition:
            round_.result.waiting.append(day)
        except EditionDiffers as error:
            pieces = {SECOND_CHECKPOINT: round_.served.note, **named("published", read)}
            round_.tell(day, error.code, str(error), pieces)
        except LogMisbehaviour as error:
            self._tell_of_fork(round_, day, error, read)
        else:
            # CRASH: an edition that is not in the list is taken for a new one, and is there.
            round_.kept[day.isoformat()] = hashlib.sha256(files[MANIFEST]).hexdigest()
            self._mirror.write_kept_editions(round_.kept)
            round_.result.new.append(day)

    def _write(self, day: date, files: dict[str, bytes]) -> None:
        was_kept = MANIFEST in self._folder.names(day)
        try:
            self._folder.write(day, files)
        except EditionDiffers as error:
            if was_kept:
                raise
            # The source never showed what lies here.
            message = f"what lies in the mirror's folder of {day} is no edition: {error}"
            raise StoreCorrupt(message) from error

    def _checked(self, round_: Round, day: date, read: dict[str, bytes]) -> dict[str, bytes]:
        def reading(name: str) -> bytes | None:
            body = round_.source.read(day, name)
            if body is not None:
                read[name] = body
            return body

        manifest = check_manifest(read[MANIFEST], day, round_.origin)
        check_is_of_log(manifest, signed_by_log(manifest, self._keys), round_.log)
        return {**check_files(manifest, reading), MANIFEST: read[MANIFEST]}

    def _look_again(self, round_: Round, day: date) -> None:
        try:
            self._look(round_, day)
        except StoreUnavailable:
            self._looking.put_off(day, round_.now)
            raise
        self._looking.looked(day, round_.now)

    def _look(self, round_: Round, day: date) -> None:
        kept = self._kept_files(day, round_.kept[day.isoformat()])
        if round_.source.read(day, MANIFEST) is None:
            self._miss(round_, day, kept[MANIFEST])
            return
        self._find(day)
        other = round_.shown_otherwise(day, kept)
        if not other:
            return
        pieces = named("kept", {name: kept[name] for name in (MANIFEST, *other)})
        pieces |= named("published", {k: body for k, body in other.items() if body is not None})
        message = f"the edition of {day} has other bytes than when it was copied: "
        round_.tell(day, CHANGED, message + ", ".join(sorted(other)), pieces)

    def _miss(self, round_: Round, day: date, manifest: bytes) -> None:
        """Note an absence; where an earlier round has noted it of the same source, keep a case."""
        asked = round_.source.address
        missing = self._mirror.missing_editions()
        before = missing.get(day.isoformat())
        if before is not None and before.asked == asked:
            message = f"{asked} has no edition of {day}, which is kept here, as at {before.since}"
            round_.tell(day, VANISHED, message, named("kept", {MANIFEST: manifest}))
            return
        missing[day.isoformat()] = MissingEdition(stamp(round_.now), asked)
        self._mirror.write_missing_editions(missing)
        round_.say(day, MISSING, f"{asked} has no edition of {day}, which is kept here")

    def _find(self, day: date) -> None:
        missing = self._mirror.missing_editions()
        if missing.pop(day.isoformat(), None) is not None:
            self._mirror.write_missing_editions(missing)

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
        self, round_: Round, day: date, error: LogMisbehaviour, read: dict[str, bytes]
    ) -> None:
        signed = signed_by_log(check_manifest(read[MANIFEST], day, round_.origin), self._keys)
        tiles = self._mirror.tiles()
        pieces = misbehaviour_pieces(error, signed, round_.served, (tiles, tiles))
        message = f"the edition of {day} is of another log with the same name: {error}"
        round_.tell_of_fork(day, error.code, message, pieces | named("published", read), signed)


def _each(round_: Round, days: Iterable[date], work: Callable[[date], None]) -> None:
    """Work on one day after the other, until one cannot be read or too many are newly wrong."""
    most = round_.new_problems + MOST_PROBLEMS
    waiting = len(round_.result.waiting)
    for day in days:
        if round_.new_problems + len(round_.result.waiting) - waiting >= most:
            return
        try:
            work(day)
        except StoreUnavailable as error:
            round_.result.failure = round_.result.failure or error
            return
