"""A small ledger with ratings, and what tallies are made from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from domain.facts import RatingStage
from ledger.action_notes import SubmittedAction, open_text
from ledger.errors import StoreCorrupt
from ledger.private.vault import PrivatePart
from ledger.storage.port import LedgerReader
from ledger.tallying.bookmarks import Bookmark
from ledger.tallying.ratings import Sources, next_tally
from ledger.writing.envelopes import DeferredPool
from ledger.writing.frames import Verdict
from tests.support.ledger_builders import ORIGIN, World, a_world

DAYS_TO_NEXT_MONTH = 31


@dataclass
class MemoryBookmarks:
    """Keeps the newest bookmark."""

    kept: Bookmark | None = None

    def read(self) -> Bookmark | None:
        return self.kept

    def write(self, bookmark: Bookmark) -> None:
        self.kept = bookmark


@dataclass
class RatedLedger:
    """A world whose people rate; it keeps the private parts as a vault would."""

    world: World = field(default_factory=a_world)
    parts: dict[bytes, PrivatePart] = field(default_factory=dict)
    notes: list[bytes] = field(default_factory=list)
    garbled: set[bytes] = field(default_factory=set)
    bookmarks: MemoryBookmarks = field(default_factory=MemoryBookmarks)
    reader: LedgerReader | None = None

    def sources(self) -> Sources:
        """What tallies are made from."""
        pool = DeferredPool(self.world.keys.promise)
        world = self.world
        reader = self.reader or world.store
        return Sources(ORIGIN, reader, self.open_many, world.documents, pool, self.bookmarks)

    def open_many(self, text_hashes: Sequence[bytes]) -> Mapping[bytes, PrivatePart]:
        """Open private parts, as the vault does."""
        if self.garbled.intersection(text_hashes):
            raise StoreCorrupt("a private part does not open")
        return {one: self.parts[one] for one in text_hashes if one in self.parts}

    def rate(self, count: int, stage: RatingStage = RatingStage.RECEIPT, overall: int = 5) -> None:
        """Let as many applicants rate, each a dossier of their own."""
        for _ in range(count):
            dossier = self.world.a_dossier("dossier.accepted")
            stream = self.world.desk.new_stream("rating")
            self.record(self.world.desk.rating(stream, dossier, stage, overall))

    def record(self, *submitted: SubmittedAction) -> list[Verdict]:
        """Keep the private parts and record."""
        for one in submitted:
            text = open_text(one.note, ORIGIN)
            if one.salt is not None and one.details is not None:
                action = text.action
                self.parts[text.text_hash] = PrivatePart(
                    action.stream, action.version, text.text_hash, one.salt, one.details
                )
        verdicts = self.world.record(*submitted)
        assert [verdict.code for verdict in verdicts] == [""] * len(verdicts)
        self.notes += [one.note for one in submitted]
        return verdicts

    def end_month(self) -> None:
        """Let the month end: what waited enters the log."""
        self.world.clock.pass_time(days=DAYS_TO_NEXT_MONTH)
        self.world.record()

    def draft(self) -> SubmittedAction | None:
        """Make the next tally, if there is one to make."""
        world = self.world
        return next_tally(self.sources(), world.clock.now, world.desk.drafter, world.keys.system)

    def publish(self) -> SubmittedAction:
        """Make the next tally and record it."""
        tally = self.draft()
        assert tally is not None
        (verdict,) = self.world.record(tally)
        assert verdict.code == "", verdict.message
        return tally
