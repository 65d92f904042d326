"""Open complaints, denunciations and findings about a dossier, for whoever may open private parts.

They name their dossier in private alone, so neither the public log nor the writer can tell. What
does not open may be about any dossier, and keeps all of them: erasing cannot be taken back.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator
from typing import Final

from domain.actions import Action
from domain.facts.feedback import ComplaintFiledDetails, DenunciationReceivedDetails
from domain.facts.integrity import FindingRaised, FindingRaisedDetails
from domain.kinds import KINDS
from domain.oversight.erasure import OpenMatters
from ledger.action_notes import OpenedText, check_private_part, open_text
from ledger.private.vault import PrivatePart
from ledger.storage.port import EventPlace, LedgerReader

OpenPrivate = Callable[[bytes], PrivatePart | None]

READ_BATCH: Final = 2_000
COMPLAINT_FILED: Final = "petition.complaint_filed"
DENUNCIATION: Final = "denunciation.received"
FINDING_RAISED: Final = "finding.raised"
# A second complaint opens a decided one again; a denunciation has no end on record.
_OPENING: Final = frozenset({COMPLAINT_FILED, DENUNCIATION, FINDING_RAISED})
_KINDS: Final = _OPENING | {"petition.complaint_decided", "finding.closed"}


def find_open_matters(
    reader: LedgerReader, open_private: OpenPrivate, ledger: str, dossier: str
) -> OpenMatters:
    """Count what is open about one dossier.

    Raises:
        StoreCorrupt, StoreUnavailable: ledger or vault cannot be read.
    """
    evidence = {event.entry_index for event in reader.stream_events(dossier)}
    counts: dict[str, int] = defaultdict(int)
    for opened in _open_acts(reader, ledger):
        if _is_about(opened, open_private, dossier, evidence):
            counts[opened.action.kind.name] += 1
    return OpenMatters(counts[COMPLAINT_FILED], counts[DENUNCIATION], counts[FINDING_RAISED])


def _open_acts(reader: LedgerReader, ledger: str) -> Iterator[OpenedText]:
    """Give the acts that opened what nobody has closed since."""
    waiting: dict[str, list[bytes]] = {}
    for place, body in _acts(reader):
        if place.kind in _OPENING:
            waiting.setdefault(place.stream, []).append(body)
        else:
            waiting.pop(place.stream, None)
    for notes in waiting.values():
        yield from (open_text(note, ledger) for note in notes)


def _acts(reader: LedgerReader) -> Iterator[tuple[EventPlace, bytes]]:
    """Give the acts of the kinds concerned, in order within each stream."""
    size = reader.sequenced_size()
    for start in range(0, size, READ_BATCH):
        end = min(size, start + READ_BATCH)
        places, entries = reader.event_places(start, end), reader.entries(start, end)
        for place, entry in zip(places, entries, strict=True):
            if place is not None and place.kind in _KINDS and not KINDS[place.kind].deferred:
                yield place, entry.body
    # Of these the log holds envelopes at most.
    for event in (*reader.enveloped_events(), *reader.deferred_events()):
        if event.kind in _KINDS:
            yield event.place, event.note


def _is_about(
    opened: OpenedText, open_private: OpenPrivate, dossier: str, evidence: set[int | None]
) -> bool:
    action = opened.action
    if isinstance(action.facts, FindingRaised) and not evidence.isdisjoint(action.facts.evidence):
        return True
    if action.commitment is None:
        return False
    part = open_private(opened.text_hash)
    if part is None:
        return True
    return _names(check_private_part(action, part.salt, part.details), dossier, evidence)


def _names(action: Action, dossier: str, evidence: set[int | None]) -> bool:
    match action.details:
        case FindingRaisedDetails() as details:
            return details.dossier == dossier or not evidence.isdisjoint(details.evidence)
        case ComplaintFiledDetails() | DenunciationReceivedDetails() as details:
            return details.dossier == dossier
        case _:
            return False
