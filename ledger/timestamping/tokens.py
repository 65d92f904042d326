"""What is asked of a timestamp authority, and how its answer is checked (RFC 3161).

What is stamped is the text of a checkpoint: origin, size and root, whoever signed it later. The
answer proves that this text existed at a moment, by the authority's clock and word. The authority
has seen neither the log nor any other checkpoint: it cannot say that the log is one and whole. Of
two checkpoints that contradict each other it would stamp both.

`rfc3161-client` knows the formats; it is asked for only where timestamps are made or checked.
"""

import importlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from ledger.errors import TimestampInvalid, TimestampsUnavailable

REQUEST_MEDIA_TYPE: Final = "application/timestamp-query"
RESPONSE_MEDIA_TYPE: Final = "application/timestamp-reply"
# An answer holds a chain of certificates; none known is larger than a few kilobytes.
MAX_RESPONSE_BYTES: Final = 64 * 1024


@dataclass(frozen=True, slots=True)
class TimestampRequest:
    """A question for an authority: its bytes, and the nonce that the answer must repeat."""

    der: bytes
    nonce: int | None


@dataclass(frozen=True, slots=True)
class Timestamp:
    """What an authority confirmed: when, by its clock, and by whose certificate."""

    at: datetime
    authority: str


def request_for(checkpoint_text: bytes) -> TimestampRequest:
    """Ask when a checkpoint's text existed.

    Raises:
        TimestampsUnavailable: the library is not installed.
    """
    library = _library()
    built = (
        library.TimestampRequestBuilder()
        .data(checkpoint_text)
        .hash_algorithm(library.base.HashAlgorithm.SHA256)
        .build()
    )
    return TimestampRequest(built.as_bytes(), built.nonce)


def open_response(
    response: bytes, checkpoint_text: bytes, roots_pem: bytes, nonce: int | None = None
) -> Timestamp:
    """Check an answer over a checkpoint's text against root certificates that one trusts.

    ``nonce`` is that of the request, where it was asked just now.

    Raises:
        TimestampInvalid: it is no answer, is of another text, or leads to none of the roots.
        TimestampsUnavailable: the library is not installed.
    """
    library, x509 = _library(), importlib.import_module("cryptography.x509")
    if len(response) > MAX_RESPONSE_BYTES:
        raise TimestampInvalid(f"a timestamp has at most {MAX_RESPONSE_BYTES} bytes")
    try:
        decoded = library.decode_timestamp_response(response)
        builder = library.VerifierBuilder(nonce=nonce)
        for root in x509.load_pem_x509_certificates(roots_pem):
            builder = builder.add_root_certificate(root)
        builder.build().verify_message(decoded, checkpoint_text)
        at: datetime = decoded.tst_info.gen_time
        return Timestamp(at, _authority_of(decoded, x509))
    except (library.errors.VerificationError, ValueError) as error:
        raise TimestampInvalid(f"this is no timestamp of the checkpoint: {error}") from error


def _authority_of(decoded: Any, x509: Any) -> str:  # noqa: ANN401 - the library's own values
    # The verifier took the signer's certificate from here, by issuer and serial number.
    (signer,) = decoded.signed_data.signer_infos
    for der in decoded.signed_data.certificates:
        certificate = x509.load_der_x509_certificate(der)
        if (certificate.issuer, certificate.serial_number) == (signer.issuer, signer.serial_number):
            subject: str = certificate.subject.rfc4514_string()
            return subject
    raise TimestampInvalid("the answer does not bring the certificate of its signer")


def _library() -> Any:  # noqa: ANN401 - an extra, of which nothing is known where it is missing
    try:
        return importlib.import_module("rfc3161_client")
    except ImportError as error:
        raise TimestampsUnavailable(
            "timestamps need `rfc3161-client`: install dossier-ledger[timestamps]"
        ) from error
