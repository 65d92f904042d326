"""What can go wrong between a submitted action and a recorded one, sorted by what to do next.

Each concrete error has a constant ``code`` that stands unchanged in the problem document, the
signed refusal, the metric and the test. ``api.problems`` holds the only table from code to status.
"""

from typing import ClassVar


class LedgerError(Exception):
    """Anything the write side refuses or cannot do."""

    code: ClassVar[str] = "ledger_error"


class MalformedAction(LedgerError):
    """The bytes are not an action: mend the request."""

    code = "malformed_action"


class TooLarge(MalformedAction):
    """A note, text, details or batch is over its limit."""

    code = "too_large"


class MalformedNote(MalformedAction):
    """The bytes are not a signed note of two text lines."""

    code = "malformed_note"


class NotCanonical(MalformedAction):
    """The JSON line is not equal to its own canonical form."""

    code = "not_canonical"


class UnknownKind(MalformedAction):
    """No such kind of action, or a kind on a stream of another type."""

    code = "unknown_kind"


class SchemaMismatch(MalformedAction):
    """A member is missing, unknown, or of the wrong shape."""

    code = "schema_mismatch"


class SignatureLinesMismatch(MalformedAction):
    """The signature lines are not exactly those that the text's signers ask for."""

    code = "signature_lines_mismatch"


class DetailsMismatch(MalformedAction):
    """The private part is missing, not wanted, malformed, or does not open the commitment."""

    code = "details_mismatch"


class DocumentMismatch(MalformedAction):
    """The public document is missing or does not have the hash that the facts name."""

    code = "document_mismatch"


class MalformedPacket(LedgerError):
    """The bytes are no synchronisation packet of the portal's form."""

    code = "malformed_packet"


class CodesExhausted(LedgerError):
    """The office has no running number left on this day in this format."""

    code = "codes_exhausted"


class MalformedOpening(LedgerError):
    """The bytes are no opening of an envelope."""

    code = "malformed_opening"


class OpeningMismatch(LedgerError):
    """The entry is not the envelope of the note that the opening holds."""

    code = "opening_mismatch"


class TallyDoesNotAddUp(LedgerError):
    """A tally's numbers are not those of the envelopes that stand before it in the log."""

    code = "tally_does_not_add_up"


class ActionNotVerified(LedgerError):
    """The signature cannot be accepted."""

    code = "action_not_verified"


class WrongLedger(ActionNotVerified):
    """The action was signed for another ledger."""

    code = "wrong_ledger"


class UnknownKey(ActionNotVerified):
    """No key of that name is known here."""

    code = "unknown_key"


class KeyNameTaken(ActionNotVerified):
    """The name belongs to another public key, or the public key has another name."""

    code = "key_name_taken"


class InvalidSignature(ActionNotVerified):
    """A signature does not belong to the text and the key that it names."""

    code = "invalid_signature"


class UnknownDossier(LedgerError):
    """No dossier stream of that name has an entry."""

    code = "unknown_dossier"


class UnknownPetition(LedgerError):
    """No petition has that id or secret, or the secret is another's."""

    code = "unknown_petition"


class UnknownEntry(LedgerError):
    """No such action, or it is not published yet."""

    code = "unknown_entry"


class HistoryNotReady(LedgerError):
    """The index of histories has not yet followed to a published checkpoint: ask again."""

    code = "history_not_ready"


class HistoryTooLong(LedgerError):
    """The streams that the history needs have more entries than one bundle holds."""

    code = "history_too_long"


class HistoryBroken(LedgerError):
    """The entries of a stream do not continue one another, or are not of that stream."""

    code = "history_broken"


class HistoryIncomplete(LedgerError):
    """What is needed to judge a bundle is not in it: a stream, or whence a veiled note is."""

    code = "history_incomplete"


class SignerWithoutRight(LedgerError):
    """A signature is missing, not good, or of a key that had no right to it at this place."""

    code = "signer_without_right"

    def __init__(self, entry_index: int | None, reason: str) -> None:
        super().__init__(f"entry {entry_index}: {reason}" if entry_index is not None else reason)
        self.entry_index = entry_index
        self.reason = reason


class StaleVersion(LedgerError):
    """Someone was first: read the stream again and sign again."""

    code = "stale_version"


class ActedInTheFuture(LedgerError):
    """The action says that it happened later than the ledger's clock."""

    code = "acted_in_the_future"


class DatedBack(LedgerError):
    """An act that moves others' due dates says that it happened long before its place."""

    code = "dated_back"


class InstantNeeded(LedgerError):
    """An act that moves others' due dates names a day alone, which may lie a day back."""

    code = "instant_needed"


class WrongAccessStream(LedgerError):
    """A read stands on another stream than the one of the dossier it names, or names none."""

    code = "wrong_access_stream"


class StoreUnavailable(LedgerError):
    """The world failed: try again later."""

    code = "store_unavailable"


class TimestampsUnavailable(StoreUnavailable):
    """No authority answers, or the library that knows timestamps is not installed."""

    code = "timestamps_unavailable"


class TimestampInvalid(LedgerError):
    """The bytes are no timestamp of this checkpoint by an authority that one trusts."""

    code = "timestamp_invalid"


class MemoryUnusable(StoreUnavailable):
    """What the writer remembers in a file is lost, foreign or garbled: it is made again."""

    code = "memory_unusable"


class WriterUnavailable(StoreUnavailable):
    """The writer does not answer; whether the action was recorded is unknown: send it again."""

    code = "writer_unavailable"


class LedgerBusy(LedgerError):
    """Another process holds this data folder."""

    code = "ledger_busy"


class LogKeyMissing(LedgerError):
    """The log is to sign with a key whose private part the writer does not have: copy its file."""

    code = "log_key_missing"


class NewerAnchorsNeeded(LedgerError):
    """A checkpoint of this log bears a key that is not known here: the log changed its key since.

    Whoever went on with the keys of before would make a fork.
    """

    code = "newer_anchors_needed"


class NotTheWriter(LedgerError):
    """This writer's lease was taken over; it must stop and commits nothing."""

    code = "not_the_writer"


class StoreCorrupt(LedgerError):
    """What was read is not what was stored: raise the alarm and stop."""

    code = "store_corrupt"


class LedgerForked(StoreCorrupt):
    """What is stored and what was published cannot both be true: never go on under this name."""

    code = "ledger_forked"


class PublishedEntriesLost(StoreCorrupt):
    """What was published is missing here, and nothing that can be reached gives it."""

    code = "published_entries_lost"


class LedgerRetired(LedgerError):
    """The ledger was retired: nothing is recorded under its name any more."""

    code = "ledger_retired"


class AuditStateRefused(LedgerError):
    """What an audit should go on from is of another log, of another kind of audit, or garbled."""

    code = "audit_state_refused"


class WitnessExists(LedgerError):
    """The folder holds a witness, or a ledger, already."""

    code = "witness_exists"


class WitnessRetired(LedgerError):
    """A witness's state is lost or older than its key: the key may never cosign again."""

    code = "witness_retired"


class StatementMismatch(LedgerError):
    """A witness's key stands for another statement than it is to serve for."""

    code = "statement_mismatch"
