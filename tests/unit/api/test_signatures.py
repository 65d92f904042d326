"""Signed requests: any headers give a refusal with its code, never another exception."""

from datetime import UTC, datetime

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from api.errors import RequestNotSigned, RequestSignatureInvalid
from api.nonces import NonceMemory
from api.signatures import RequestVerifier, SignedRequest
from tests.http.signing import signed_headers
from tests.http.world import a_signing_key

NOW = datetime(2026, 11, 20, 2, tzinfo=UTC)
KEY = a_signing_key("inspector")
GOOD = signed_headers(KEY, "/v1/findings", NOW)

VERIFIER = RequestVerifier(
    lambda name, _stream: KEY.verification_key if name == KEY.name else None,
    lambda _name: None,
    NonceMemory(None),
    lambda: NOW,
)

header_texts = st.text(st.characters(min_codepoint=9, max_codepoint=255))


def check(headers: dict[str, str], url: str = "http://falconframework.org/v1/findings") -> None:
    VERIFIER.check_inspector(SignedRequest("GET", url, headers))


@given(header_texts, header_texts)
@example("a=1;b", "a=:AAAA:")
@example('a=("@signature-params");keyid="k";created=1', "a=:AAAA:")
@example('a=("@method" "@method");keyid="k";created=1;nonce="n"', "a=:AAAA:")
@example('a=("@query-param";name="x");keyid="k";created=1', "a=:AAAA:")
@example(f'a=();created={10**14};keyid="k"', "a=:AAAA:")
@example('a=();created=@1;keyid="k"', "a=:AAAA:")
def test_any_header_texts_are_refused(signature_input: str, signature: str) -> None:
    with pytest.raises(RequestSignatureInvalid):
        check({"Signature-Input": signature_input, "Signature": signature})


@given(st.data())
def test_one_changed_character_is_refused(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(["Signature", "Signature-Input"]))
    text = GOOD[name]
    # The last digit of the base64 has bits that mean nothing.
    last = len(text) - (len("Q==:") if name == "Signature" else 0) - 1
    place = data.draw(st.integers(0, last))
    replacement = data.draw(st.characters(min_codepoint=33, max_codepoint=126))
    assume(replacement != text[place])

    with pytest.raises(RequestSignatureInvalid):
        check({**GOOD, name: text[:place] + replacement + text[place + 1 :]})


@pytest.mark.parametrize("missing", ["Signature", "Signature-Input"])
def test_request_with_half_a_signature_is_not_signed(missing: str) -> None:
    headers = {name: value for name, value in GOOD.items() if name != missing}

    with pytest.raises(RequestNotSigned):
        check(headers)


def test_request_to_another_server_is_refused() -> None:
    with pytest.raises(RequestSignatureInvalid):
        check(GOOD, "http://other.example/v1/findings")
