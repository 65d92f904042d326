"""Signed requests (RFC 9421): who asks, proven by an enrolled key or one of the dossier's own.

A request is accepted if its one signature

- is Ed25519 by the key whose *name* is the ``keyid`` and which the log knows (``key:<name>``), or
  which the dossier that is asked for brought (applicants and proxies);
- covers ``@method``, and ``@target-uri`` or both ``@path`` and ``@query``, and ``content-digest``
  when there is a body, whose bytes are compared;
- was ``created`` within five minutes of our clock, and carries a ``nonce`` not seen before;

and the key holds the wanted role now. What the role covers is the caller's question.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from http_message_signatures import (
    HTTPMessageSignaturesException,
    HTTPMessageVerifier,
    HTTPSignatureKeyResolver,
    algorithms,
)
from http_message_signatures.exceptions import InvalidSignature

from api.errors import (
    ApiError,
    NotAnInspector,
    NotAReceiver,
    ReadingNotPermitted,
    RequestNotSigned,
    RequestSignatureInvalid,
)
from api.nonces import NonceMemory
from domain.decisions import evolve
from domain.keys import KeyRecord
from domain.roles import Role
from ledger.action_notes import open_text
from ledger.documents import DocumentSource
from ledger.state import LedgerState
from ledger.storage.port import LedgerReader
from transparency.notes import VerificationKey

LONGEST_AGE: Final = timedelta(minutes=5)
MAX_NONCE_CHARACTERS: Final = 128
ACCEPT_SIGNATURE: Final = 'sig1=("@method" "@target-uri");created;keyid;nonce'

FindKey = Callable[[str, str], VerificationKey | None]
"""Gives the key of a name: an enrolled one, or one that the named stream brought."""
FindRecord = Callable[[str], KeyRecord | None]


def key_record(
    reader: LedgerReader, documents: DocumentSource, ledger: str, key_name: str
) -> KeyRecord | None:
    """Give what the registry holds of a key now, published or not yet; None for an unknown one."""
    record: KeyRecord | None = None
    for event in reader.stream_events(f"key:{key_name}"):
        state = evolve(record, open_text(event.note, ledger).action, LedgerState(documents))
        assert isinstance(state, KeyRecord)
        record = state
    return record


# Who may ask, as refusals of unsigned requests say it.
_WHO_OF_DOSSIERS: Final = "for the holder, officers with a task on the dossier, and inspectors"
_WHO_OF_LOOKS: Final = "for those who were looked at, by the key that they act with"


@dataclass(frozen=True, slots=True)
class SignedRequest:
    """What of a request a signature can cover; nothing of it is checked."""

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes = b""


class _EnrolledKeys(HTTPSignatureKeyResolver):
    """Finds the public keys of the ledger for the verifier."""

    def __init__(self, find_key: FindKey, stream: str | None):
        self._find_key = find_key
        self._stream = stream

    def resolve_public_key(self, key_id: str) -> Ed25519PublicKey | None:
        """Give the key of that name, or None where the ledger knows none."""
        key = self._find_key(key_id, self._stream or f"key:{key_id}")
        return None if key is None else Ed25519PublicKey.from_public_bytes(key.public_key)


class _Verifier(HTTPMessageVerifier):
    """The library's verifier, with our clock in place of the system's."""

    def __init__(self, keys: _EnrolledKeys, clock: Callable[[], datetime]):
        super().__init__(signature_algorithm=algorithms.ED25519, key_resolver=keys)
        self._clock = clock

    def validate_created_and_expires(
        self, sig_input: "_Parameters", max_age: timedelta | None = None
    ) -> None:
        """Refuse a signature that is not of these minutes by our clock."""
        assert max_age is not None
        now = self._clock().timestamp()
        created, expires = sig_input.params.get("created"), sig_input.params.get("expires")
        if not isinstance(created, int) or abs(now - created) > max_age.total_seconds():
            raise InvalidSignature("the signature was not created within five minutes of our clock")
        if isinstance(expires, int) and expires < now:
            raise InvalidSignature("the signature has expired")


class RequestVerifier:
    """Tells whose enrolled key signed a request."""

    def __init__(
        self,
        find_key: FindKey,
        find_record: FindRecord,
        nonces: NonceMemory,
        clock: Callable[[], datetime],
    ):
        self._find_key = find_key
        self._find_record = find_record
        self._nonces = nonces
        self._clock = clock

    def check_inspector(self, request: SignedRequest) -> KeyRecord:
        """Give the record of the inspector's key that signed this request.

        Raises:
            RequestNotSigned: there is no signature.
            RequestSignatureInvalid: it is wrong, too old, or covers too little.
            RequestReplayed: its nonce was used before.
            NotAnInspector: the key does not hold the role, or is revoked.
        """
        return self._check(
            request,
            lambda record: record.has_role(Role.INSPECTOR),
            NotAnInspector,
            "for enrolled inspectors",
        )

    def check_overseer(self, request: SignedRequest) -> KeyRecord:
        """Give the record of an inspector's or a head's key that signed this request.

        Of which offices is for the caller to ask.

        Raises:
            RequestNotSigned, RequestSignatureInvalid, RequestReplayed: as `check_inspector`.
            ReadingNotPermitted: the key holds neither role, or is revoked.
        """
        return self._check(
            request,
            lambda record: record.has_role(Role.INSPECTOR) or record.has_role(Role.HEAD),
            ReadingNotPermitted,
            "for enrolled inspectors and heads of offices",
        )

    def check_enrolled(self, request: SignedRequest) -> KeyRecord:
        """Give the record of the enrolled key that signed this request, whatever its roles are.

        Raises:
            RequestNotSigned, RequestSignatureInvalid, RequestReplayed: as `check_inspector`.
            ReadingNotPermitted: the key is revoked.
        """
        who = "for every enrolled officer, of what is theirs"
        return self._check(request, lambda _record: True, ReadingNotPermitted, who)

    def check_receiver(self, request: SignedRequest, office: str) -> KeyRecord:
        """Give the record of the key of an office's receiver that signed this request.

        Raises:
            RequestNotSigned, RequestSignatureInvalid, RequestReplayed: as `check_inspector`.
            NotAReceiver: the key does not hold the role for this office, or is revoked.
        """
        return self._check(
            request,
            lambda record: record.covers(Role.RECEIVER, office),
            NotAReceiver,
            "for the receiving officers of this office",
        )

    def check_signer(self, request: SignedRequest, stream: str) -> tuple[str, KeyRecord | None]:
        """Give whose key signed a request for a dossier, and the key's record if it is enrolled.

        The key may be one that the dossier's own stream brought. A revoked key has no record.

        Raises:
            RequestNotSigned, RequestSignatureInvalid, RequestReplayed: as `check_inspector`.
        """
        who = _WHO_OF_DOSSIERS if stream else _WHO_OF_LOOKS
        key_name, nonce = self._check_signature(request, who, stream)
        self._nonces.remember(key_name, nonce, now=self._clock(), keep=2 * LONGEST_AGE)
        return key_name, self.record_now(key_name)

    def record_now(self, key_name: str) -> KeyRecord | None:
        """Give an enrolled key's record with the grants of this day; None if it is revoked."""
        record = self._find_record(key_name)
        if record is None or record.revoked_at is not None:
            return None
        # Days of grants are compared with our clock's day in UTC: a request names no moment.
        return record.in_effect_on(self._clock().date())

    def _check(
        self,
        request: SignedRequest,
        holds: Callable[[KeyRecord], bool],
        refusal: type[ApiError],
        who: str,
    ) -> KeyRecord:
        key_name, nonce = self._check_signature(request, who)
        record = self.record_now(key_name)
        if record is None or not holds(record):
            raise refusal
        # Only now: whoever holds no such role cannot fill the memory of nonces.
        self._nonces.remember(key_name, nonce, now=self._clock(), keep=2 * LONGEST_AGE)
        return record

    def _check_signature(
        self, request: SignedRequest, who: str, stream: str | None = None
    ) -> tuple[str, str]:
        names = {name.lower() for name in request.headers}
        if not {"signature", "signature-input"} <= names:
            raise RequestNotSigned(
                who, headers={"WWW-Authenticate": "Signature", "Accept-Signature": ACCEPT_SIGNATURE}
            )
        try:
            # The body is passed even when empty: without it the library checks no digest.
            (result,) = _Verifier(_EnrolledKeys(self._find_key, stream), self._clock).verify(
                request,
                max_age=LONGEST_AGE,
                require_components=_required(request),
                body=request.body,
            )
        except (HTTPMessageSignaturesException, ValueError) as error:
            raise RequestSignatureInvalid("the signature does not verify") from error
        _check_target_covered(tuple(result.covered_components))
        nonce = result.nonce
        if not nonce or len(nonce) > MAX_NONCE_CHARACTERS:
            raise RequestSignatureInvalid(f"a nonce has 1 to {MAX_NONCE_CHARACTERS} characters")
        return str(result.parameters["keyid"]), nonce


def is_kept_request_signed(
    request: SignedRequest, key: VerificationKey | None, signed_at: datetime
) -> bool | None:
    """Tell whether a request that was kept with its signature headers alone is this key's.

    ``signed_at`` is when it was accepted. None: the signature covers headers that were not kept.
    """
    given = next(v for name, v in request.headers.items() if name.lower() == "signature-input")
    components = re.findall(r'"([^"]*)"', given.partition("(")[2].partition(")")[0])
    if any(not component.startswith("@") for component in components):
        return None
    keys = _EnrolledKeys(lambda name, _stream: key if key and key.name == name else None, None)
    try:
        _Verifier(keys, lambda: signed_at).verify(
            request, max_age=LONGEST_AGE, require_components=("@method",)
        )
        _check_target_covered(components)
    except (HTTPMessageSignaturesException, RequestSignatureInvalid, ValueError):
        return False
    return True


class _Parameters:
    """What the verifier hands over of one ``Signature-Input`` member."""

    params: Mapping[str, object]


def _required(request: SignedRequest) -> tuple[str, ...]:
    return ("@method", "content-digest") if request.body else ("@method",)


def _check_target_covered(covered: Sequence[str]) -> None:
    names = {component.strip('"') for component in covered}
    if "@target-uri" not in names and not {"@path", "@query"} <= names:
        raise RequestSignatureInvalid("cover @target-uri, or @path and @query")
