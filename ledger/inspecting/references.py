"""What an act says of another's private part: a correction's commitment, an access stream's id."""

from domain.actions import Action
from domain.facts import DossierSubmittedDetails
from domain.facts.integrity import AccessLoggedDetails, CorrectionAppended
from ledger.access_streams import access_stream
from ledger.action_notes import open_text
from ledger.inspecting.opening import PartOpener, Recorded
from ledger.inspecting.report import (
    ACCESS_MISMATCH,
    CORRECTION_MISMATCH,
    Check,
    VaultReport,
    Why,
)
from ledger.storage.port import LedgerReader


class References:
    """Follows references between acts, by the ledger database and the vault."""

    def __init__(self, reader: LedgerReader, opener: PartOpener, ledger: str, report: VaultReport):
        self._reader = reader
        self._opener = opener
        self._ledger = ledger
        self._report = report
        self._dossier_of: dict[str, str] = {}

    def take(self, entry_index: int | None, action: Action) -> None:
        """Follow what an act refers to.

        Raises:
            StoreUnavailable: ledger or vault cannot be read.
        """
        if isinstance(action.facts, CorrectionAppended):
            self._check_correction(entry_index, action, action.facts)
        elif isinstance(action.details, AccessLoggedDetails):
            self._check_access(entry_index, action.stream, action.details.dossier)

    def _check_correction(
        self, entry_index: int | None, action: Action, facts: CorrectionAppended
    ) -> None:
        if facts.old_commitment is None:
            return
        self._report.remade[Check.CORRECTIONS] += 1
        corrected = self._recorded(action.stream, facts.corrected_version)
        if corrected is None or corrected.opened.action.commitment != facts.old_commitment:
            message = f"version {facts.corrected_version} did not commit to what is corrected"
            self._report.add_problem(CORRECTION_MISMATCH, entry_index, message)

    def _check_access(self, entry_index: int | None, stream: str, dossier: str) -> None:
        if self._dossier_of.get(stream) == dossier:
            self._report.remade[Check.ACCESS] += 1
            return
        first = self._recorded(dossier, 1)
        if first is None:
            message = "it says that a dossier was read which the ledger does not hold"
            self._report.add_problem(ACCESS_MISMATCH, entry_index, message)
            return
        submission = self._opener.look(first)
        if not isinstance(submission.details, DossierSubmittedDetails):
            why = Why.ERASED if self._opener.is_erased(dossier) else Why.LOST
            self._report.not_remade[Check.ACCESS, why] += 1
            return
        self._report.remade[Check.ACCESS] += 1
        if access_stream(submission.details.secret) != stream:
            message = "it is not the access stream of the dossier that was read"
            self._report.add_problem(ACCESS_MISMATCH, entry_index, message)
            return
        self._dossier_of[stream] = dossier

    def _recorded(self, stream: str, version: int) -> Recorded | None:
        event = self._reader.find(stream, version)
        if event is None:
            return None
        return Recorded(event.entry_index, open_text(event.note, self._ledger))
