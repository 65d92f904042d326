"""The page of one dossier for its holder: every act, its private part opened, its effect on dates.

The acts come from the ledger database and are shown as soon as they are recorded; what an act did
to status and due date comes from the public view, and is there once the act is published. A slip's
secret is never shown again.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from dataclasses import replace as replace_act
from datetime import datetime
from typing import Final

from msgspec.structs import replace

from domain.actions import Action
from domain.dossiers import Dossier, Due, Status
from domain.facts import Details, DossierSubmittedDetails, Facts, SlipSecretReplacedDetails
from domain.keys import FindKey, assurance_of
from domain.moments import Moment
from domain.roles import Assurance, Role
from ledger.action_notes import OpenedText, check_private_part, open_text
from ledger.storage.port import StoredEvent
from projections.dossier_rows import Act
from projections.holders import OpenPrivate

NOT_SHOWN: Final = ""

# How far a dossier is, by its status alone; one that waits is as far as before the wait.
SHARE_DONE: Final[Mapping[Status, int]] = {
    Status.NEWLY_REGISTERED: 10,
    Status.ACCEPTED: 30,
    Status.IN_PROCESS: 60,
    Status.PROCESSED: 90,
    Status.NOT_ACCEPTED: 100,
    Status.STOPPED: 100,
    Status.RESULT_RETURNED: 100,
}


@dataclass(frozen=True, slots=True)
class PageAct:
    """One act as its dossier's holder sees it.

    ``published`` is False while the act is recorded and under no checkpoint yet; then nothing is
    known of its effect, save on a veiled dossier. ``details`` is None where there are none or they
    were erased.
    """

    entry_index: int | None
    version: int
    kind: str
    at: Moment
    office: str | None
    roles: tuple[Role, ...]
    facts: Facts
    details: Details | None
    published: bool
    recorded_at: datetime | None
    status: Status | None
    due: Due | None
    appointment: Due | None
    due_changed: bool
    appointment_changed: bool
    assurances: tuple[Assurance, ...] = ()  # one for each role, in the order of the roles


@dataclass(frozen=True, slots=True)
class DossierPage:
    """One dossier as its holder sees it; the state is as of the view's checkpoint.

    Of a ``veiled`` one the state is as recorded, an act's entry is its veil, and it is
    ``published`` once that is in the log.
    """

    dossier: Dossier
    share_done: int
    acts: tuple[PageAct, ...]
    veiled: bool = False


def dossier_page(
    dossier: Dossier,
    acts: Sequence[Act],
    events: Sequence[StoredEvent],
    ledger: str,
    open_private: OpenPrivate,
    find_key: FindKey = lambda _name: None,
) -> DossierPage:
    """Join the recorded acts of a dossier with what the public view knows of them.

    ``find_key`` gives the registry's record of an enrolled key, for the assurance of signatures.

    Raises:
        LedgerError: a stored act cannot be read, or its private part does not open.
    """
    known = {act.version: act for act in acts}
    page = []
    before: Act | None = None
    for event in events:
        opened = open_text(event.note, ledger)
        after = known.get(event.version)
        shown = _page_act(event, _open_details(opened, open_private), before, after)
        moved = shown.due_changed and not _moved_by_calendar(dossier, event.version, before)
        assurances = _assurances(opened.action, find_key)
        page.append(replace_act(shown, assurances=assurances, due_changed=moved))
        before = after or before
    return DossierPage(dossier, share_done(dossier), tuple(page))


def _moved_by_calendar(dossier: Dossier, version: int, before: Act | None) -> bool:
    """Tell whether a calendar, and not the act of this version, moved the due date since."""
    own = {change.version for change in dossier.due_changes if change.stream == dossier.stream}
    by_calendar = any(change.stream != dossier.stream for change in dossier.due_changes)
    had_due = before is not None and before.due is not None
    return by_calendar and had_due and version not in own


def share_done(dossier: Dossier) -> int:
    """Give how far the dossier is, from 0 to 100, by its status alone: safe to tell anyone."""
    if dossier.suspended:
        return SHARE_DONE[Status.IN_PROCESS]
    status = dossier.status_before_wait or Status.NEWLY_REGISTERED
    return SHARE_DONE[status if dossier.is_waiting else dossier.status]


def _open_details(opened: OpenedText, open_private: OpenPrivate) -> Action:
    if opened.action.commitment is None:
        return opened.action
    part = open_private(opened.text_hash)
    if part is None:
        return opened.action
    action = check_private_part(opened.action, part.salt, part.details)
    if isinstance(action.details, DossierSubmittedDetails | SlipSecretReplacedDetails):
        return replace(action, details=replace(action.details, secret=NOT_SHOWN))
    return action


def _assurances(action: Action, find_key: FindKey) -> tuple[Assurance, ...]:
    beside = [signer.role for signer in action.signers]
    return tuple(
        assurance_of(signer.role, beside, find_key(signer.key)) for signer in action.signers
    )


def _page_act(event: StoredEvent, action: Action, before: Act | None, after: Act | None) -> PageAct:
    due = None if after is None else after.due
    appointment = None if after is None else after.appointment
    return PageAct(
        entry_index=event.entry_index,
        version=event.version,
        kind=event.kind,
        at=action.at,
        office=action.office,
        roles=tuple(signer.role for signer in action.signers),
        facts=action.facts,
        details=action.details,
        published=after is not None,
        recorded_at=None if after is None else after.recorded_at,
        status=None if after is None else after.status,
        due=due,
        appointment=appointment,
        due_changed=after is not None and due != (before and before.due),
        appointment_changed=after is not None and appointment != (before and before.appointment),
    )
