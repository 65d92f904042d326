"""Open matters: complaints, denunciations and findings that name a dossier in private alone.

Whoever decides keeps them in memory, so that an erasure is refused by the same mind, in the same
order, that records what stands against it: nothing slips in between a look and the record.
"""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from typing import Final, Protocol

from domain.actions import Action, StreamType
from domain.dossiers import Dossier
from domain.errors import CalendarHorizonPassed, DossierErased, UnknownCalendar, UnknownOffice
from domain.facts.feedback import ComplaintFiledDetails, DenunciationReceivedDetails
from domain.facts.integrity import FindingRaised, FindingRaisedDetails, PersonalDataErased
from domain.moments import Moment
from domain.oversight.erasure import OpenMatters, check_nothing_open, retained_from
from domain.oversight.petitions import PetitionRecord, kept_until
from domain.rules.register import Register, StreamState, working_time

COMPLAINT_FILED: Final = "petition.complaint_filed"
DENUNCIATION: Final = "denunciation.received"
FINDING_RAISED: Final = "finding.raised"
FINDING_CLOSED: Final = "finding.closed"
# A second complaint opens a decided one again; a denunciation has no end on record.
OPENING_KINDS: Final = frozenset({COMPLAINT_FILED, DENUNCIATION, FINDING_RAISED})

# What erasing a dossier takes along, where it is about that dossier (`ledger.erasing.related`).
ERASED_ALONG: Final = frozenset({StreamType.ACCESS, StreamType.FINDING, StreamType.PETITION})

FindPetition = Callable[[str], PetitionRecord | None]


class MatterSource(Protocol):
    """What whoever holds the vault can tell about matters that were recorded before."""

    def opened(self) -> Iterable[Action]:
        """Give the opening acts on record whose private part opens, with it, in their order."""

    def entries_of(self, dossier: str) -> Collection[int | None]:
        """Give the entry indexes of a dossier's acts."""

    def is_erased(self, stream: str) -> bool:
        """Tell whether the private parts of a stream were erased with a dossier's."""

    def access_stream_of(self, dossier: str) -> str | None:
        """Name the access stream of a dossier; None where its first secret does not open."""


@dataclass(frozen=True, slots=True)
class _Named:
    """What one open matter is about; where its private part is not open, it may be about any."""

    kind: str
    is_open_book: bool
    dossier: str | None = None
    evidence: frozenset[int] = frozenset()

    def is_about(self, dossier: str, entries: Collection[int | None]) -> bool:
        return (
            not self.is_open_book
            or self.dossier == dossier
            or not self.evidence.isdisjoint(entries)
        )


class Matters:
    """The open matters of one ledger by stream.

    Without a source, what is not open counts for nothing: an auditor in public knows none.
    """

    def __init__(self, source: MatterSource | None = None):
        self._source = source
        self._named: dict[str, _Named] = {}

    def learn(self) -> None:
        """Open what was taken in without its private part.

        Raises:
            StoreCorrupt, StoreUnavailable: ledger or vault cannot be read.
        """
        if self._source is None:
            return
        for action in self._source.opened():
            if action.stream in self._named:
                self._named[action.stream] = _named_by(action)

    def take(self, action: Action) -> None:
        """Take in a permitted action."""
        if action.kind.name in OPENING_KINDS:
            self._named[action.stream] = _named_by(action)
        elif action.kind.name == FINDING_CLOSED:
            self._named.pop(action.stream, None)

    def check(
        self,
        state: StreamState | None,
        action: Action,
        register: Register,
        find_petition: FindPetition,
    ) -> None:
        """Check that nothing open stands against an erasure, and nothing comes to erased parts.

        Raises:
            ErasureBlocked: a complaint, denunciation or finding is open about the dossier.
            DossierErased: the stream's private parts were erased, and the act brings a new one.
            StoreUnavailable: ledger or vault cannot be read.
        """
        if isinstance(action.facts, PersonalDataErased):
            assert isinstance(state, Dossier)
            check_nothing_open(0, self._about(state, action.at, register, find_petition))
        # The vault takes nothing for a stream that was erased: unrefused, it would be lost.
        may_be_erased = action.kind.stream in ERASED_ALONG and action.version > 1
        is_asked = may_be_erased and action.commitment is not None
        if is_asked and self._source is not None and self._source.is_erased(action.stream):
            raise DossierErased

    def _about(
        self, dossier: Dossier, at: Moment, register: Register, find_petition: FindPetition
    ) -> OpenMatters:
        entries = () if self._source is None else self._source.entries_of(dossier.stream)
        found = [
            named.kind
            for stream, named in self._named.items()
            if (named.is_open_book or self._source is not None)
            and named.is_about(dossier.stream, entries)
            and (
                named.kind != COMPLAINT_FILED or keeps(find_petition(stream), dossier, at, register)
            )
        ]
        return OpenMatters(
            found.count(COMPLAINT_FILED), found.count(DENUNCIATION), found.count(FINDING_RAISED)
        )


def keeps(record: PetitionRecord | None, dossier: Dossier, at: Moment, register: Register) -> bool:
    """Tell whether a complaint about a dossier that has ended still keeps its data."""
    if record is None or dossier.ended_at is None:
        return False
    try:
        working = working_time(register, record.office)
        ended = retained_from(dossier, working.zone)
        assert ended is not None
        until = kept_until(record, ended, working)
    except (CalendarHorizonPassed, UnknownCalendar, UnknownOffice):
        # Erasing cannot be taken back: where no limit can be counted, it is kept.
        return record.is_open
    return until is not None and at.day_in(working.zone) <= until


def _named_by(action: Action) -> _Named:
    kind, details = action.kind.name, action.details
    public = action.facts.evidence if isinstance(action.facts, FindingRaised) else ()
    is_open_book = details is not None or action.commitment is None
    match details:
        case FindingRaisedDetails():
            evidence = frozenset((*details.evidence, *public))
            return _Named(kind, is_open_book, details.dossier, evidence)
        case ComplaintFiledDetails() | DenunciationReceivedDetails():
            return _Named(kind, is_open_book, details.dossier)
        case _:
            return _Named(kind, is_open_book, evidence=frozenset(public))
