"""The page of one dossier for its holder: every act, opened, with its effect and corrections.

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

from domain.actions import Action, Signer
from domain.dossiers import Dossier, Due, Status
from domain.facts import Details, DossierSubmittedDetails, Facts, SlipSecretReplacedDetails
from domain.facts.integrity import CorrectionAppended
from domain.keys import FindKey, assurance_of
from domain.moments import Moment
from domain.roles import Assurance, Role
from ledger.action_notes import OpenedText, check_private_part, open_text
from ledger.storage.port import StoredEvent
from projections.dossier_rows import Act
from projections.holders import OpenPrivate
from projections.status.corrected import Corrected, corrections_by_version
from projections.status.due_effects import (
    CountedLimit,
    DueEffect,
    OutsideMove,
    due_effect,
    outside_moves,
)
from projections.status.situation import Situation

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
    were erased. ``corrected`` are the corrections of this act, and ``corrects`` is the version of
    the act that this one corrects; facts and details are always those that were signed.
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
    signers: tuple[Signer, ...] = ()
    effect: DueEffect | None = None
    corrected: tuple[Corrected, ...] = ()
    corrects: int | None = None


@dataclass(frozen=True, slots=True)
class HandlingOfficer:
    """Who has a dossier in person, opened from the registry's private part for its holder.

    LAW: Decree 224/2026 art. 15: the applicant is told who handles the dossier. ``assigned_as`` and
    ``unit`` are as a leader's assignment and the last hand-over wrote them. ``stored`` is False
    where the enrolment of ``key`` said nothing of the person, or was erased since.
    """

    key: str | None = None
    stored: bool = False
    name: str | None = None
    title: str | None = None
    room: str | None = None
    telephone: str | None = None
    assigned_as: str | None = None
    unit: str | None = None


@dataclass(frozen=True, slots=True)
class DossierPage:
    """One dossier as its holder sees it; the state is as of the view's checkpoint.

    Of a ``veiled`` one the state is as recorded, an act's entry is its veil, and it is
    ``published`` once that is in the log. ``moved_by_others`` are moves of the due date by acts
    that are none of the dossier's own. ``officer`` is there where whoever asks may know it.
    """

    dossier: Dossier
    share_done: int
    acts: tuple[PageAct, ...]
    veiled: bool = False
    situation: Situation | None = None
    officer: HandlingOfficer | None = None
    moved_by_others: tuple[OutsideMove, ...] = ()


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
    opened_acts = _open_all(events, ledger, open_private)
    corrections = corrections_by_version(opened_acts)
    for event, action in zip(events, opened_acts, strict=True):
        after = known.get(event.version)
        shown = _page_act(event, action, before, after)
        moved = shown.due_changed and not _moved_by_calendar(dossier, event.version, before)
        shown = replace_act(
            shown,
            assurances=_assurances(action, find_key),
            due_changed=moved,
            corrected=corrections.get(event.version, ()),
        )
        page.append(shown)
        before = after or before
    return DossierPage(
        dossier, share_done(dossier), tuple(page), moved_by_others=outside_moves(dossier)
    )


def with_effects(
    page: DossierPage, acts: Sequence[Act], counted: CountedLimit | None
) -> DossierPage:
    """Add what each published act did to the dates, and why.

    ``counted`` is how the legal due date was counted; None where it was not.
    """
    effects: dict[int, DueEffect | None] = {}
    before: Act | None = None
    for act in acts:
        effects[act.version] = due_effect(page.dossier, before, act, counted)
        before = act
    shown = tuple(replace_act(act, effect=effects.get(act.version)) for act in page.acts)
    return replace_act(page, acts=shown)


def _open_all(
    events: Sequence[StoredEvent], ledger: str, open_private: OpenPrivate
) -> list[Action]:
    return [_open_details(open_text(event.note, ledger), open_private) for event in events]


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
    facts = action.facts
    return PageAct(
        entry_index=event.entry_index,
        version=event.version,
        kind=event.kind,
        at=action.at,
        office=action.office,
        roles=tuple(signer.role for signer in action.signers),
        facts=facts,
        details=action.details,
        published=after is not None,
        recorded_at=None if after is None else after.recorded_at,
        status=None if after is None else after.status,
        due=due,
        appointment=appointment,
        due_changed=after is not None and due != (before and before.due),
        appointment_changed=after is not None and appointment != (before and before.appointment),
        signers=action.signers,
        corrects=facts.corrected_version if isinstance(facts, CorrectionAppended) else None,
    )
