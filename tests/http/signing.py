"""Signing requests as an inspector's program does (RFC 9421), or nearly so."""

from collections.abc import Sequence
from datetime import datetime
from itertools import count
from types import SimpleNamespace

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from http_message_signatures import (
    HTTPMessageSigner,
    HTTPSignatureKeyResolver,
    algorithms,
)

from transparency.notes import SigningKey

HOST = "http://falconframework.org"
TARGET = ("@method", "@target-uri")

_nonces = count(1)


class _OneKey(HTTPSignatureKeyResolver):
    def __init__(self, key: SigningKey):
        self._key = key

    def resolve_private_key(self, key_id: str) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(self._key.seed)


def signed_headers(
    key: SigningKey,
    path: str,
    created: datetime,
    *,
    host: str = HOST,
    method: str = "GET",
    components: Sequence[str] = TARGET,
    nonce: str | None = "",
    key_name: str | None = None,
    body: bytes | None = None,
) -> dict[str, str]:
    """Give the headers of a signed request; an empty nonce becomes a fresh one."""
    message = SimpleNamespace(method=method, url=host + path, headers={})
    signer = HTTPMessageSigner(signature_algorithm=algorithms.ED25519, key_resolver=_OneKey(key))
    signer.sign(
        message,
        key_id=key_name or key.name,
        created=created,
        nonce=f"nonce-{next(_nonces)}" if nonce == "" else nonce,
        covered_component_ids=tuple(components),
        body=body,
    )
    headers: dict[str, str] = message.headers
    return headers
