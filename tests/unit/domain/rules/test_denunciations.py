"""Denunciations: received alone, sealed, and showing nothing."""

from typing import Any

import msgspec
import pytest

from domain.actions import Action
from domain.decisions import StreamState, decide, evolve
from domain.errors import (
    FactInvalid,
    FactMissing,
    NotPermitted,
    NotYourRole,
)
from domain.kinds import KINDS
from domain.oversight.integrity import DenunciationRecord
from domain.roles import Role
from tests.support.builders import (
    OFFICE,
    a_moment,
    a_register,
    an_action,
    signed_as,
)


def refusal(error: type[Exception], state: StreamState | None, action: Action) -> None:
    with pytest.raises(error):
        decide(state, action, a_register())


DENUNCIATION = "denunciation:0b6f0000000000000000000000000007"


def a_denunciation(**changes: Any) -> Action:
    return an_action(
        "denunciation.received", **({"stream": DENUNCIATION, "office": None} | changes)
    )


def test_denunciation_stands_alone_and_shows_nothing() -> None:
    register = a_register()

    decide(None, a_denunciation(), register)
    record = evolve(None, a_denunciation(), register)

    assert record == DenunciationRecord(a_moment())
    assert KINDS["denunciation.received"].deferred
    assert msgspec.structs.fields(KINDS["denunciation.received"].facts) == ()
    refusal(NotPermitted, record, a_denunciation())


@pytest.mark.parametrize(
    ("error", "action"),
    [
        pytest.param(FactInvalid, a_denunciation(office=OFFICE), id="names an office"),
        pytest.param(FactMissing, a_denunciation(commitment=None), id="says nothing"),
        pytest.param(
            NotYourRole, a_denunciation(signers=signed_as(Role.RECEIVER)), id="by a receiver"
        ),
    ],
)
def test_denunciation_is_refused(error: type[Exception], action: Action) -> None:
    refusal(error, None, action)
