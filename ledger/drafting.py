"""Writing and signing new actions, placed at the end of their streams.

What a registrar or a catalogue administrator does from the command line, and what an import does
before its first dossier: register keys and offices, publish procedures and calendars.
"""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import msgspec

from domain.facts import (
    CalendarPublished,
    Details,
    Facts,
    Grant,
    KeyRegistered,
    KeyRegisteredDetails,
    KeyReplaced,
    KeyRevoked,
    LogKeyRetired,
    LogKeyRotated,
    OfficeRegistered,
    ProcedureVersionPublished,
    RoleGranted,
    RoleRevoked,
    RootRecovered,
    RootRotated,
)
from domain.moments import Moment, render_moment
from domain.roles import Assurance, Role
from ledger import bodies
from ledger.action_notes import SubmittedAction
from ledger.bodies import ACTION_TYPE_LINE, SALT_BYTES, SignedText, SignerLine
from ledger.storage.port import LedgerReader
from transparency.encoding import encode_base64
from transparency.hashing import leaf_hash
from transparency.notes import SigningKey, render_note, render_vkey


@dataclass(frozen=True, slots=True)
class Draft:
    """An action before it is signed: everything but the signatures.

    ``previous`` is the leaf hash of the stream's previous entry, None at version 1. ``details``
    with ``salt`` become the commitment.
    """

    kind: str
    ledger: str
    stream: str
    version: int
    previous: bytes | None
    at: Moment
    office: str | None
    roles: Sequence[Role]
    facts: Facts
    details: msgspec.Struct | None = None
    salt: bytes | None = None
    document: bytes | None = None


def sign_draft(draft: Draft, keys: Sequence[SigningKey]) -> SubmittedAction:
    """Write the text of a draft and sign it with one key per role, in order."""
    assert len(keys) == len(draft.roles)
    details, commitment = _commit(draft)
    text = SignedText(
        action=draft.kind,
        at=render_moment(draft.at),
        facts=msgspec.Raw(bodies.canonical_json(draft.facts)),
        ledger=draft.ledger,
        signers=tuple(
            SignerLine(key.name, role.value) for key, role in zip(keys, draft.roles, strict=True)
        ),
        stream=draft.stream,
        version=draft.version,
        details=commitment,
        office=draft.office,
        previous=None if draft.previous is None else encode_base64(draft.previous),
    )
    note_text = ACTION_TYPE_LINE + bodies.canonical_json(text) + b"\n"
    note = render_note(note_text, [key.sign(note_text) for key in keys])
    return SubmittedAction(note, draft.salt if details else None, details, draft.document)


def _commit(draft: Draft) -> tuple[bytes | None, str | None]:
    if draft.details is None:
        return None, None
    assert draft.salt is not None
    details = bodies.canonical_json(draft.details)
    return details, encode_base64(bodies.commitment_of(details, draft.salt))


@dataclass(frozen=True, slots=True)
class Place:
    """Where the next action of a stream goes: its version, and the leaf hash before it."""

    version: int
    previous: bytes | None


FIRST_PLACE = Place(1, None)


def next_place(reader: LedgerReader, stream: str) -> Place:
    """Give the place after the last recorded action of a stream."""
    events = reader.stream_events(stream)
    if not events:
        return FIRST_PLACE
    return Place(events[-1].version + 1, leaf_hash(events[-1].note))


def place_after(place: Place, note: bytes) -> Place:
    """Give the place after an action that is not recorded yet."""
    return Place(place.version + 1, leaf_hash(note))


class Drafter:
    """Signs actions of one ledger with given keys, at given moments."""

    def __init__(self, ledger: str, random_bytes: Callable[[int], bytes]):
        self._ledger = ledger
        self._random_bytes = random_bytes

    def sign(  # noqa: PLR0913 - the members of an action
        self,
        kind: str,
        stream: str,
        place: Place,
        at: Moment,
        facts: Facts,
        signers: Sequence[tuple[Role, SigningKey]],
        *,
        office: str | None = None,
        details: Details | None = None,
        document: bytes | None = None,
        salt: bytes | None = None,
    ) -> SubmittedAction:
        """Write and sign one action; a private part gets a fresh salt unless one is given."""
        if details is not None and salt is None:
            salt = self._random_bytes(SALT_BYTES)
        draft = Draft(
            kind=kind,
            ledger=self._ledger,
            stream=stream,
            version=place.version,
            previous=place.previous,
            at=at,
            office=office,
            roles=[role for role, _ in signers],
            facts=facts,
            details=details,
            salt=salt,
            document=document,
        )
        return sign_draft(draft, [key for _, key in signers])

    def register_key(  # noqa: PLR0913 - the members of an enrolment
        self,
        registrar: SigningKey,
        key: SigningKey,
        grants: Sequence[Grant],
        at: Moment,
        details: KeyRegisteredDetails | None = None,
        *,
        replaces: str | None = None,
        assurance: Assurance = Assurance.OWN_KEY,
    ) -> SubmittedAction:
        """Enrol a key with its roles; the key itself signs too, as proof of possession.

        Without grants it takes over those of the key that it ``replaces``.
        """
        facts = KeyRegistered(
            vkey=render_vkey(key.verification_key),
            grants=tuple(grants),
            replaces=replaces,
            assurance=assurance,
        )
        signers = ((Role.REGISTRAR, registrar), (Role.HOLDER, key))
        stream = f"key:{key.name}"
        return self.sign("key.registered", stream, FIRST_PLACE, at, facts, signers, details=details)

    def replace_key(
        self, registrar: SigningKey, name: str, successor: SigningKey, place: Place, at: Moment
    ) -> SubmittedAction:
        """End a key in favour of its successor, which is enrolled and signs too."""
        facts = KeyReplaced(successor=successor.name)
        signers = ((Role.REGISTRAR, registrar), (Role.HOLDER, successor))
        return self.sign("key.replaced", f"key:{name}", place, at, facts, signers)

    def change_key(
        self,
        registrar: SigningKey,
        name: str,
        facts: KeyRevoked | RoleRevoked | RoleGranted,
        place: Place,
        at: Moment,
    ) -> SubmittedAction:
        """Revoke a key, give it roles or take them back, as the facts say."""
        kinds = {KeyRevoked: "key.revoked", RoleRevoked: "key.role_revoked"}
        kind = kinds.get(type(facts), "key.role_granted")
        return self.sign(kind, f"key:{name}", place, at, facts, ((Role.REGISTRAR, registrar),))

    def rotate_root(
        self, old: SigningKey, new: SigningKey, place: Place, at: Moment
    ) -> SubmittedAction:
        """Make another key the registrar's root; the old one and the new one sign."""
        facts = RootRotated(registrar_vkey=render_vkey(new.verification_key))
        signers = ((Role.REGISTRAR, old), (Role.HOLDER, new))
        stream = f"ledger:{self._ledger}"
        return self.sign("ledger.root_rotated", stream, place, at, facts, signers)

    def recover_root(
        self, recovery: Sequence[SigningKey], new: SigningKey, place: Place, at: Moment
    ) -> SubmittedAction:
        """Make another key the registrar's root by recovery keys, as many as entry 0 asks."""
        facts = RootRecovered(registrar_vkey=render_vkey(new.verification_key))
        signers = (*((Role.RECOVERY, key) for key in recovery), (Role.HOLDER, new))
        stream = f"ledger:{self._ledger}"
        return self.sign("ledger.root_recovered", stream, place, at, facts, signers)

    def change_log_key(
        self, root: SigningKey, facts: LogKeyRotated | LogKeyRetired, place: Place, at: Moment
    ) -> SubmittedAction:
        """Let a second key sign checkpoints, or the older of two sign no more, as the facts say."""
        is_new = isinstance(facts, LogKeyRotated)
        kind = "ledger.log_key_rotated" if is_new else "ledger.log_key_retired"
        stream = f"ledger:{self._ledger}"
        return self.sign(kind, stream, place, at, facts, ((Role.REGISTRAR, root),))

    def register_office(
        self, registrar: SigningKey, office_id: str, document: bytes, place: Place, at: Moment
    ) -> SubmittedAction:
        """Enter an office, or its new document, into the registry."""
        facts = OfficeRegistered(document=hashlib.sha256(document).hexdigest())
        return self.sign(
            "office.registered",
            f"office:{office_id}",
            place,
            at,
            facts,
            ((Role.REGISTRAR, registrar),),
            office=office_id,
            document=document,
        )

    def publish_procedure(
        self, catalogue_admin: SigningKey, code: str, procedure_version: int, what: "Publishing"
    ) -> SubmittedAction:
        """Publish a version of a procedure."""
        facts = ProcedureVersionPublished(
            document=hashlib.sha256(what.document).hexdigest(), procedure_version=procedure_version
        )
        return self._publish(
            "procedure.version_published", f"procedure:{code}", facts, catalogue_admin, what
        )

    def publish_calendar(
        self, catalogue_admin: SigningKey, calendar_id: str, what: "Publishing"
    ) -> SubmittedAction:
        """Publish a calendar of working days."""
        facts = CalendarPublished(document=hashlib.sha256(what.document).hexdigest())
        return self._publish(
            "calendar.published", f"calendar:{calendar_id}", facts, catalogue_admin, what
        )

    def _publish(
        self, kind: str, stream: str, facts: Facts, key: SigningKey, what: "Publishing"
    ) -> SubmittedAction:
        return self.sign(
            kind,
            stream,
            what.place,
            what.at,
            facts,
            ((Role.CATALOGUE_ADMIN, key),),
            office=what.office,
            document=what.document,
        )


@dataclass(frozen=True, slots=True)
class Publishing:
    """A public document to be published: whose act it is, when, and where in its stream."""

    document: bytes
    office: str
    place: Place
    at: Moment
