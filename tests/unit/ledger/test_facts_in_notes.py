"""Facts of every dossier kind inside a signed note: spoilt ones get `schema_mismatch`."""

import json
from typing import Any

import msgspec
import pytest

from domain.actions import Kind, StreamType
from domain.kinds import KINDS
from ledger.action_notes import open_text
from ledger.bodies import ACTION_TYPE_LINE
from ledger.errors import SchemaMismatch
from tests.support.builders import LEAST_FACTS, OFFICE, STREAM
from tests.support.ledger_builders import ORIGIN, a_signing_key
from transparency.encoding import encode_base64
from transparency.notes import render_note

KEY = a_signing_key("officer", 7)
DOSSIER_KINDS = [kind for kind in KINDS.values() if kind.stream is StreamType.DOSSIER]


def _note(kind: Kind, facts: dict[str, Any]) -> bytes:
    members: dict[str, Any] = {
        "action": kind.name,
        "at": "2026-03-02T02:00:00Z",
        "facts": facts,
        "ledger": ORIGIN,
        "office": OFFICE,
        "previous": encode_base64(bytes(32)),
        "signers": [{"as": "receiver", "key": KEY.name}],
        "stream": STREAM,
        "version": 2,
    }
    line = json.dumps(members, sort_keys=True, separators=(",", ":")).encode()
    text = ACTION_TYPE_LINE + line + b"\n"
    return render_note(text, [KEY.sign(text)])


def _least(kind: Kind) -> dict[str, Any]:
    built: dict[str, Any] = msgspec.to_builtins(LEAST_FACTS.get(kind.name) or kind.facts())
    return built


@pytest.mark.parametrize("kind", DOSSIER_KINDS, ids=lambda kind: kind.name)
def test_least_facts_are_read_and_spoilt_ones_have_their_code(kind: Kind) -> None:
    least = _least(kind)
    fields = msgspec.structs.fields(kind.facts)
    lacking = [
        {name: value for name, value in least.items() if name != field.name}
        for field in fields
        if field.required
    ]
    mistyped = [least | {field.name: [[]]} for field in fields]

    assert open_text(_note(kind, least), ORIGIN).action.kind is kind
    for spoilt in (least | {"surplus": 1}, *lacking, *mistyped):
        with pytest.raises(SchemaMismatch) as refused:
            open_text(_note(kind, spoilt), ORIGIN)
        assert refused.value.code == "schema_mismatch"


@pytest.mark.parametrize(
    ("name", "member"),
    [
        ("dossier.fee_assessed", "catalogue_amount_vnd"),
        ("dossier.payment_required", "amount_vnd"),
        ("dossier.payment_confirmed", "amount_vnd"),
        ("dossier.payment_refunded", "amount_vnd"),
    ],
)
def test_negative_amount_has_its_code(name: str, member: str) -> None:
    kind = KINDS[name]

    with pytest.raises(SchemaMismatch):
        open_text(_note(kind, _least(kind) | {member: -1}), ORIGIN)
