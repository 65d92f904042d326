"""Erasures: whether something open stood against one, and whether it was carried out."""

from collections.abc import Collection, Sequence

from domain.actions import Action
from domain.errors import ErasureBlocked
from domain.facts.feedback import ComplaintFiledDetails
from domain.facts.integrity import FindingRaisedDetails, PersonalDataErased
from domain.moments import is_before
from domain.oversight.erasure import OpenMatters, check_nothing_open
from domain.oversight.integrity import FindingRecord
from domain.oversight.petitions import PetitionRecord
from ledger.inspecting.deferred import Denounced
from ledger.inspecting.report import ERASURE_NOT_DONE, Check, VaultReport
from ledger.remembering.matters import keeps
from ledger.state import LedgerState
from ledger.storage.port import LedgerReader


class Erasures:
    """Follows what is open about each dossier, as far as private parts name it."""

    def __init__(self, reader: LedgerReader, report: VaultReport):
        self._reader = reader
        self._report = report
        self._complaints: dict[str, str] = {}
        self._findings: dict[str, FindingRaisedDetails] = {}
        self._erased: dict[str, int | None] = {}

    def take(
        self,
        entry_index: int | None,
        action: Action,
        state: LedgerState,
        denounced: Sequence[Denounced],
    ) -> None:
        """Take in an act that ``state`` has taken in already.

        Raises:
            StoreUnavailable: the ledger database cannot be read.
        """
        match action.details:
            case ComplaintFiledDetails(dossier=str() as dossier):
                self._complaints[action.stream] = dossier
            case FindingRaisedDetails() as details:
                self._findings[action.stream] = details
            case _:
                pass
        self._forget_closed(action.stream, state)
        if isinstance(action.facts, PersonalDataErased):
            self._erased[action.stream] = entry_index
            self._check(entry_index, action, state, denounced)

    def _forget_closed(self, stream: str, state: LedgerState) -> None:
        head = state.head(stream)
        if head is not None and isinstance(head.state, PetitionRecord | FindingRecord):
            if head.state.is_open:
                return
            self._findings.pop(stream, None)
            # A second complaint names its dossier anew.
            self._complaints.pop(stream, None)

    def _check(
        self,
        entry_index: int | None,
        action: Action,
        state: LedgerState,
        denounced: Sequence[Denounced],
    ) -> None:
        self._report.remade[Check.ERASURES] += 1
        dossier = action.stream
        erased = state.dossier(dossier)
        assert erased is not None
        evidence = {event.entry_index for event in self._reader.stream_events(dossier)}
        matters = OpenMatters(
            complaints=sum(
                named == dossier and keeps(_petition(state, petition), erased, action.at, state)
                for petition, named in self._complaints.items()
            ),
            denunciations=sum(
                each.dossier == dossier and not is_before(action.at, each.action.at, "UTC")
                for each in denounced
            ),
            findings=sum(
                each.dossier == dossier or not evidence.isdisjoint(each.evidence)
                for each in self._findings.values()
            ),
        )
        try:
            check_nothing_open(0, matters)
        except ErasureBlocked as error:
            # Which matter it was is not said: denunciations and findings are sealed.
            message = "something open about this dossier stood against its erasure"
            self._report.add_problem(error.code, entry_index, message)

    @property
    def erased(self) -> Collection[str]:
        """Give the streams whose private part an entry erases."""
        return self._erased.keys()

    def finish(self, left_over: Collection[str]) -> None:
        """See that what entries erased is gone; ``left_over`` are streams that have parts left."""
        for stream, entry_index in self._erased.items():
            if stream in left_over:
                message = "the entry erases a private part that is still in the vault"
                self._report.add_problem(ERASURE_NOT_DONE, entry_index, message)


def _petition(state: LedgerState, stream: str) -> PetitionRecord | None:
    head = state.head(stream)
    return head.state if head is not None and isinstance(head.state, PetitionRecord) else None
