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


class StaleVersion(LedgerError):
    """Someone was first: read the stream again and sign again."""

    code = "stale_version"


class ActedInTheFuture(LedgerError):
    """The action says that it happened later than the ledger's clock."""

    code = "acted_in_the_future"


class DatedBack(LedgerError):
    """An act that moves others' due dates says that it happened long before its place."""

    code = "dated_back"


class StoreUnavailable(LedgerError):
    """The world failed: try again later."""

    code = "store_unavailable"


class WriterUnavailable(StoreUnavailable):
    """The writer does not answer; whether the action was recorded is unknown: send it again."""

    code = "writer_unavailable"


class LedgerBusy(LedgerError):
    """Another process holds this data folder."""

    code = "ledger_busy"


class NotTheWriter(LedgerError):
    """This writer's lease was taken over; it must stop and commits nothing."""

    code = "not_the_writer"


class StoreCorrupt(LedgerError):
    """What was read is not what was stored: raise the alarm and stop."""

    code = "store_corrupt"
