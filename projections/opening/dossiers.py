"""Dossiers with their private parts opened, for the rules that look at those: a private fold.

Who has ledger and vault makes it: an operator or an inspector with a data folder. It stands outside
`recompute`; what leaves it are days, yes and no, and keys' names, never a detail's words.
"""

from collections.abc import Collection, Sequence
from dataclasses import replace
from functools import cache

from domain.actions import Action
from domain.facts import KeyRegisteredDetails
from ledger.access_streams import access_stream_of
from ledger.storage.port import LedgerReader
from projections.access import LoggedRead, logged_reads, open_actions
from projections.findings import ExaminedDossier
from projections.findings.opened import Look, had_task, opened_parts
from projections.holders import OpenPrivate


class DossierOpener:
    """Opens the private parts of one ledger's dossiers, one dossier at a time."""

    def __init__(self, reader: LedgerReader, ledger: str, open_private: OpenPrivate):
        self._reader = reader
        self._ledger = ledger
        self._open_private = open_private
        self._known_as = cache(self._numbers_of)

    def open(self, examined: ExaminedDossier) -> ExaminedDossier:
        """Give a dossier with what its private parts say, and who read them.

        Of an erased dossier nothing opens: its rules abstain.

        Raises:
            LedgerError: a stored act cannot be read, or its private part does not open.
        """
        stream = examined.dossier.stream
        events = self._reader.stream_events(stream)
        actions = open_actions(events, self._ledger, self._open_private)
        access = access_stream_of(actions)
        if access is None:
            return replace(examined, opened=opened_parts(actions))
        reads = logged_reads(
            self._reader.stream_events(access), self._ledger, stream, self._open_private
        )
        looks = tuple(self._looks(reads, actions, examined.zone))
        return replace(examined, opened=opened_parts(actions), looks=looks)

    def _looks(
        self, reads: Sequence[LoggedRead], actions: Sequence[Action], zone: str
    ) -> list[Look]:
        return [
            Look(
                key=read.signer.key,
                at=read.at,
                purpose=read.details.purpose,
                had_task=had_task(
                    actions, read.signer.key, read.at, zone, self._known_as(read.signer.key)
                ),
                entry_index=read.entry_index,
            )
            for read in reads
            if read.details is not None
        ]

    def _numbers_of(self, key: str) -> Collection[str]:
        """Give the personnel numbers under which a key's holder was ever enrolled."""
        events = self._reader.stream_events(f"key:{key}")
        actions = open_actions(events, self._ledger, self._open_private)
        details = (action.details for action in actions)
        return frozenset(
            each.personnel_number
            for each in details
            if isinstance(each, KeyRegisteredDetails) and each.personnel_number is not None
        )
