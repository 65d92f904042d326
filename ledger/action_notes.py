"""Action notes: what an actor signs, and the checks that need only the bytes and public keys.

A note goes through three stages, each a type of its own: `SubmittedAction` (bytes nobody
checked), `VerifiedAction` (opened, canonical, signatures good), and, after the writer,
`ledger.writing.writer.RecordedAction`. The order of the checks is part of the contract (formats.md,
"Order of checks"): size, note, canonical JSON, ledger, kind and stream type, schema, signature
lines, keys known, signatures, details open the commitment. The rest is the writer's part.
"""

import functools
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final, Protocol

import msgspec

from domain.actions import Action, Signer, parse_stream
from domain.errors import DomainError
from domain.facts import Facts, LedgerOpened, LogKeyRotated, SatisfactionRated
from domain.kinds import KINDS, Kind
from domain.moments import moment_at, parse_moment
from domain.roles import KEY_WORDS, Role
from ledger import bodies
from ledger.bodies import ACTION_TYPE_LINE, ReadText, SignedText
from ledger.documents import check_document
from ledger.errors import (
    DetailsMismatch,
    DocumentMismatch,
    InvalidSignature,
    MalformedAction,
    MalformedNote,
    NotCanonical,
    SchemaMismatch,
    SignatureLinesMismatch,
    TooLarge,
    UnknownKey,
    UnknownKind,
    WrongLedger,
)
from ledger.writing.frames import HandedAction
from transparency import errors as transparency_errors
from transparency.encoding import decode_base64, encode_base64
from transparency.hashing import leaf_hash
from transparency.notes import (
    ED25519_KEY_TYPE,
    SignedNote,
    VerificationKey,
    check_signature,
    derive_key_name,
    parse_note,
    parse_vkey,
)

MAX_NOTE_BYTES: Final = 60_000
HASH_BYTES: Final = 32
# What `decode_base64` accepts of 32 bytes, but faster: the last sign has two spare bits, zero.
_HASH_TEXT: Final = re.compile("[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=")
_KEY_MEMBERS: Final = (
    "vkey",
    "applicant_key",
    "proxy_key",
    "petitioner_key",
    "registrar_vkey",
    "log_vkey",
    "promise_vkey",
    "system_vkey",
)


class KeySource(Protocol):
    """Where a verifier finds the public keys that the ledger knows."""

    def find(self, key_name: str, stream: str) -> VerificationKey | None:
        """Give the key of that name: enrolled, or brought by the first entry of the stream."""


@dataclass(frozen=True, slots=True)
class SubmittedAction:
    """What a client sent: a note, perhaps its private part, perhaps a public document."""

    note: bytes
    salt: bytes | None = None
    details: bytes | None = None
    document: bytes | None = None


@dataclass(frozen=True, slots=True)
class OpenedText:
    """A note taken apart: its form is right and its action readable; no signature is checked."""

    note: bytes
    signed: SignedNote
    action: Action
    text_hash: bytes


@dataclass(frozen=True, slots=True)
class VerifiedAction:
    """An action whose text is canonical and whose signatures are good."""

    note: bytes
    action: Action
    text_hash: bytes
    leaf_hash: bytes
    salt: bytes | None
    details: bytes | None
    brought: Mapping[str, VerificationKey] = field(default_factory=dict)


def open_text(note: bytes, ledger: str | None) -> OpenedText:
    """Take a note apart and read its action; ``ledger`` None accepts any ledger's.

    Raises:
        MalformedAction: a check from size to schema failed; the subclass says which.
        WrongLedger: the action is for another ledger.
    """
    if len(note) > MAX_NOTE_BYTES:
        raise TooLarge(f"the note is {len(note)} bytes; at most {MAX_NOTE_BYTES}")
    try:
        signed = parse_note(note)
    except transparency_errors.MalformedNote as error:
        raise MalformedNote(str(error)) from error
    action = _read_action(signed.text, ledger)
    return OpenedText(note, signed, action, hashlib.sha256(signed.text).digest())


def verify_action(submitted: SubmittedAction, ledger: str, keys: KeySource) -> VerifiedAction:
    """Make every check that needs only the bytes and public keys.

    Raises:
        MalformedAction: the subclass says which check failed.
        ActionNotVerified: wrong ledger, unknown key or wrong signature.
    """
    opened = open_text(submitted.note, ledger)
    brought = keys_brought(opened.action)
    check_signature_lines(opened)
    verify_signatures(opened, brought, keys)
    action = check_private_part(opened.action, submitted.salt, submitted.details)
    _check_document(action, submitted.document)
    return VerifiedAction(
        submitted.note,
        action,
        opened.text_hash,
        leaf_hash(submitted.note),
        submitted.salt,
        submitted.details,
        brought,
    )


def open_entry(entry: bytes, ledger: str | None) -> OpenedText | None:
    """Read a log entry as an action; None for an entry of another type (an envelope).

    Raises:
        MalformedAction, WrongLedger: it claims to be an action and is none of this ledger.
    """
    if not entry.startswith(ACTION_TYPE_LINE):
        return None
    return open_text(entry, ledger)


def reopen_verified(handed: HandedAction, ledger: str) -> VerifiedAction:
    """Read again, in the writer, what a web worker of ours verified; signatures are not repeated.

    Raises:
        MalformedAction, WrongLedger: the hand-over is not what a web worker may send.
    """
    opened = open_text(handed.note, ledger)
    action = check_private_part(opened.action, handed.salt, handed.details)
    return VerifiedAction(
        handed.note, action, opened.text_hash, leaf_hash(handed.note), handed.salt, handed.details
    )


def _read_action(text: bytes, ledger: str | None) -> Action:
    line = bodies.text_line(text)
    decoded = bodies.decode_text(line)
    if decoded is None:
        raise _why_not(line, ledger)
    try:
        return _as_action(decoded, line, ledger)
    except (WrongLedger, UnknownKind, SchemaMismatch):
        # SPEC: formats.md, "Order of checks": how the facts are spelt comes before all of these.
        bodies.check_generic_canonical(line)
        raise


def _as_action(decoded: SignedText, line: bytes, ledger: str | None) -> Action:
    if ledger is not None and decoded.ledger != ledger:
        raise WrongLedger(f"this action is for {decoded.ledger}, not for {ledger}")
    kind = _find_kind(decoded.action, decoded.stream)
    try:
        return _typed(decoded, kind, line)
    except (DomainError, ValueError, RecursionError) as error:
        raise SchemaMismatch(f"{decoded.action}: {error}") from error


def _typed(decoded: SignedText, kind: Kind, line: bytes) -> Action:
    try:
        facts = bodies.decode_facts(decoded.facts, kind.facts)
    except NotCanonical:
        # A line that is canonical as JSON repeats a default: that is a fault of its schema.
        bodies.check_generic_canonical(line)
        raise SchemaMismatch("the facts repeat a default") from None
    signers = tuple(Signer(line.key, Role(line.role)) for line in decoded.signers)
    return action_of(decoded, kind, facts, signers)


def action_of(
    read: SignedText | ReadText[Facts, date], kind: Kind, facts: Facts, signers: tuple[Signer, ...]
) -> Action:
    """Make the action of a text whose kind, facts and signers were read.

    Raises:
        SchemaMismatch, DomainError, ValueError: a member contradicts another, or is misspelt.
    """
    previous, details, version, at = read.previous, read.details, read.version, read.at
    for text in (previous, details):
        if text is not None and not _HASH_TEXT.fullmatch(text):
            decode_base64(text, size_bytes=HASH_BYTES)
    if (version == 1) != (previous is None) or version < 1:
        raise SchemaMismatch("version starts at 1, and only version 1 has no previous")
    if details is not None and kind.details is None:
        raise SchemaMismatch("this kind has no private part")
    return Action(
        kind=kind,
        ledger=read.ledger,
        stream=read.stream,
        version=version,
        previous=previous,
        at=parse_moment(at) if isinstance(at, str) else moment_at(at),
        office=read.office,
        signers=signers,
        facts=facts,
        details=None,
        commitment=details,
    )


def _why_not(line: bytes, ledger: str | None) -> MalformedAction | WrongLedger:
    """Say which check a refused line fails first: spelling, ledger, kind, or schema."""
    value = bodies.check_generic_canonical(line)
    if ledger is not None and value.get("ledger") != ledger:
        return WrongLedger(f"this action is for {value.get('ledger')!r}, not for {ledger}")
    _find_kind(str(value.get("action")), str(value.get("stream")))
    return SchemaMismatch("a member is missing, unknown, or of the wrong shape")


def _find_kind(name: str, stream: str) -> Kind:
    kind = KINDS.get(name)
    if kind is None:
        raise UnknownKind(f"there is no kind of action named {name[:80]!r}")
    try:
        stream_id = parse_stream(stream)
    except DomainError as error:
        raise UnknownKind(str(error)) from error
    if stream_id.type is not kind.stream:
        raise UnknownKind(f"{name} does not belong on a stream of type {stream_id.type}")
    return kind


def check_signature_lines(opened: OpenedText) -> None:
    """Refuse any other, missing, repeated or reordered signature line.

    Raises:
        SignatureLinesMismatch: the lines are not one per signer, in the signers' order.
    """
    names = [signer.key for signer in opened.action.signers]
    lines = [signature.key_name for signature in opened.signed.signatures]
    if names != lines or len(set(names)) != len(names) or not names:
        raise SignatureLinesMismatch("there must be one signature line per signer, in order")


def verify_signatures(
    opened: OpenedText, brought: Mapping[str, VerificationKey], keys: KeySource
) -> None:
    """Check every signature over the text, by the keys that it brings or that are known.

    Raises:
        UnknownKey: a signer's key is neither known nor brought by this text.
        InvalidSignature: a signature does not verify.
    """
    known_from = _stream_of_keys(opened.action)
    for signature in opened.signed.signatures:
        key = brought.get(signature.key_name) or keys.find(signature.key_name, known_from)
        if key is None:
            raise UnknownKey(f"the ledger knows no key named {signature.key_name}")
        try:
            check_signature(key, opened.signed.text, signature)
        except transparency_errors.SignatureInvalid as error:
            raise InvalidSignature(str(error)) from error


def _stream_of_keys(action: Action) -> str:
    """Name the stream whose first entry brings the applicant's key: a rating names its dossier."""
    if isinstance(action.facts, SatisfactionRated):
        return action.facts.dossier
    return action.stream


def keys_brought(action: Action) -> Mapping[str, VerificationKey]:
    """Give the keys that a text may bring with it: at enrolment, submission and opening.

    Raises:
        SchemaMismatch: a key is malformed, its name is not derived from its public part, or the
            word in it is none that a key is called by.
    """
    texts = vkeys_of(action.facts)
    if not texts:
        if isinstance(action.facts, LogKeyRotated):
            # It signs checkpoints and no action: nobody is known by it.
            _parse_own_vkey(action.facts.new_log_vkey)
        return {}
    brought = {}
    for text in texts:
        key = _parse_own_vkey(text)
        if not _is_derived_name(key) and not _is_log_key(key, action):
            raise SchemaMismatch(
                f"the name of {key.name} is not derived from its key, or begins with another word "
                f"than one of {', '.join(sorted(KEY_WORDS))}"
            )
        brought[key.name] = key
    return brought


def _parse_own_vkey(text: str) -> VerificationKey:
    try:
        key = parse_vkey(text)
    except transparency_errors.MalformedKey as error:
        raise SchemaMismatch(str(error)) from error
    if key.key_type != ED25519_KEY_TYPE:
        raise SchemaMismatch(f"{key.name} is not a key that signs notes")
    return key


def vkeys_of(facts: Facts) -> list[str]:
    """Give the texts of the keys that facts bring."""
    members = _key_members(type(facts))
    if not members:
        return []
    found = [getattr(facts, member) for member in members]
    recovery: tuple[str, ...] = getattr(facts, "recovery_vkeys", ())
    return [*(text for text in found if text is not None), *recovery]


@functools.cache
def _key_members(facts_type: type[Facts]) -> tuple[str, ...]:
    """Name the members of one type of facts that hold a key: most types have none."""
    return tuple(name for name in _KEY_MEMBERS if name in facts_type.__struct_fields__)


def _is_derived_name(key: VerificationKey) -> bool:
    kind = key.name.rpartition("-")[0]
    is_derived = key.name == derive_key_name(kind, key.public_key)
    return is_derived and kind in KEY_WORDS


def _is_log_key(key: VerificationKey, action: Action) -> bool:
    # Entry 0 alone names the log's key; under anybody else's hand the name would be a false one.
    return isinstance(action.facts, LedgerOpened) and key.name == action.ledger


def check_private_part(action: Action, salt: bytes | None, details: bytes | None) -> Action:
    """Open the commitment with the private part and give the action with its details.

    Raises:
        DetailsMismatch: one is there without the other, or they do not fit.
    """
    if action.commitment is None:
        if details is not None or salt is not None:
            raise DetailsMismatch("the text commits to no private part, yet one was sent")
        return action
    if details is None or salt is None:
        raise DetailsMismatch("the text commits to a private part that was not sent")
    if len(salt) != bodies.SALT_BYTES:
        raise DetailsMismatch("a salt is 32 bytes")
    if encode_base64(bodies.commitment_of(details, salt)) != action.commitment:
        raise DetailsMismatch("the private part does not open the commitment")
    assert action.kind.details is not None
    return msgspec.structs.replace(
        action, details=bodies.decode_details(details, action.kind.details)
    )


def _check_document(action: Action, document: bytes | None) -> None:
    wanted = getattr(action.facts, "document", None)
    if wanted is None:
        if document is not None:
            raise DocumentMismatch("this kind of action publishes no document")
        return
    if document is None:
        raise DocumentMismatch("the document that the facts name was not sent")
    check_document(document)
    if hashlib.sha256(document).hexdigest() != wanted:
        raise DocumentMismatch("the document does not have the hash that the facts name")
