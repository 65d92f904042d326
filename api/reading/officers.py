"""Officers in person: whose key it is, and whom a leader's assignment means.

Both stand in private parts: of the key's enrolment (`key:` streams), and of the assigning act.
Who may be told is the matrix's word; here nothing is checked.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Final

from api.parts import Parts
from domain.facts import (
    Details,
    HandoverAcknowledgedDetails,
    IntakeTaskAssignedDetails,
    KeyRegisteredDetails,
    ProcessorAssignedDetails,
    ProcessorReassignedDetails,
)
from domain.facts.integrity import CorrectableField
from domain.keys import number_of_person
from ledger.action_notes import check_private_part, open_text
from ledger.storage.port import StoredEvent
from projections.dossier_page import HandlingOfficer, PageAct
from projections.holders import Mark, mark_hash
from projections.status.desks import Desk
from projections.views import ViewReader

_KEY: Final = "key:"
_TAKES_OVER: Final = "dossier.handover_acknowledged"


class Officers:
    """Opens what the registry holds of officers, and what assignments say of them."""

    def __init__(self, parts: Parts):
        self._parts = parts

    def handling(
        self, view: ViewReader, desk: Desk | None, acts: Sequence[PageAct]
    ) -> HandlingOfficer | None:
        """Give who has a dossier in person, for whoever may be told; None where nobody has it."""
        if desk is None:
            return None
        assigned_as, unit = _assigned_as(desk, acts), _unit(desk, acts)
        named = None if assigned_as is None else self.key_named(view, assigned_as)
        key = desk.key or named
        if desk.key is not None and not _is_one_person(view, desk.key, named):
            # Whoever signs works on it: nobody is made answerable for a colleague's acts.
            assigned_as = None
        if key is None:
            return None if assigned_as is None else HandlingOfficer(None, assigned_as=assigned_as)
        details = self._enrolment(key)
        if details is None:
            return HandlingOfficer(key, assigned_as=assigned_as, unit=unit)
        told = (details.display_name, details.title, details.room, details.telephone)
        return HandlingOfficer(key, any(told), *told, assigned_as=assigned_as, unit=unit)

    def key_named(self, view: ViewReader, text: str) -> str | None:
        """Give a key of the officer whom a leader's text means: a key's name, or a number."""
        keys = view.streams_marked(Mark.PERSON, self._hash_of(text))
        if keys:
            names = [stream.removeprefix(_KEY) for stream in keys]
            records = view.states(keys)
            # The newest key has the newest room and telephone.
            return max(names, key=lambda name: _registered(records.get(f"{_KEY}{name}")))
        return text if f"{_KEY}{text}" in view.states((f"{_KEY}{text}",)) else None

    def assigned_to(
        self, view: ViewReader, keys: Collection[str], given: Iterable[tuple[str, int]]
    ) -> set[tuple[str, int]]:
        """Give those assignments, by stream and version, that mean the person of these keys."""
        marks = {view.hash_of(f"{_KEY}{key}", Mark.PERSON) for key in keys} - {None}
        return {
            (event.stream, event.version)
            for event, text in self._assignees(given)
            if text in keys or self._hash_of(text) in marks
        }

    def _hash_of(self, text: str) -> bytes:
        return mark_hash(self._parts.view_secret, Mark.PERSON, number_of_person(text))

    def _assignees(self, given: Iterable[tuple[str, int]]) -> Iterator[tuple[StoredEvent, str]]:
        events = [
            event
            for stream, version in given
            if (event := self._parts.reader.find(stream, version)) is not None
        ]
        for event, details in zip(events, self._opened(events), strict=True):
            text = None if details is None else _assignee(details)
            if text is not None:
                yield event, text

    def _opened(self, events: Sequence[StoredEvent]) -> list[Details | None]:
        """Open the private parts of several acts at once."""
        texts = [open_text(event.note, self._parts.origin) for event in events]
        private = self._parts.vault.open_many([text.text_hash for text in texts])
        return [
            None
            if (part := private.get(text.text_hash)) is None
            else check_private_part(text.action, part.salt, part.details).details
            for text in texts
        ]

    def _enrolment(self, key: str) -> KeyRegisteredDetails | None:
        first = self._parts.reader.find(f"{_KEY}{key}", 1)
        (details,) = [None] if first is None else self._opened([first])
        return details if isinstance(details, KeyRegisteredDetails) else None


def _is_one_person(view: ViewReader, key: str, named: str | None) -> bool:
    persons = view.persons()
    return named is not None and persons.person_of(key) == persons.person_of(named)


def _registered(record: object) -> str:
    at = getattr(record, "registered_at", None)
    return "" if at is None else str(at.instant or at.day)


def _assignee(details: Details) -> str | None:
    if isinstance(details, ProcessorAssignedDetails | ProcessorReassignedDetails):
        return details.assignee
    return details.receiver if isinstance(details, IntakeTaskAssignedDetails) else None


def _assigned_as(desk: Desk, acts: Sequence[PageAct]) -> str | None:
    """Give as whom a leader's assignment names the officer, with what was corrected since."""
    act = _act_of(acts, desk.assigned_version)
    if act is None or act.details is None:
        return None
    return _corrected(act).get(CorrectableField.ASSIGNEE) or _assignee(act.details)


def _unit(desk: Desk, acts: Sequence[PageAct]) -> str | None:
    """Give the unit that took the dossier over last, in the office where it lies now."""
    for act in reversed(acts):
        is_here = act.kind == _TAKES_OVER and act.office == desk.office
        if is_here and isinstance(act.details, HandoverAcknowledgedDetails):
            return _corrected(act).get(CorrectableField.TO_UNIT) or act.details.to_unit
    return None


def _act_of(acts: Sequence[PageAct], version: int | None) -> PageAct | None:
    return next((act for act in acts if act.version == version), None)


def _corrected(act: PageAct) -> Mapping[CorrectableField, str | None]:
    return {one.field: one.after for one in act.corrected}
