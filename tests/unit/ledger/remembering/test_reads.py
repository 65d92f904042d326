"""Reads stand on the access stream of the dossier that they name, or nowhere."""

import pytest

from domain.facts.integrity import AccessLoggedDetails, AccessPurpose
from ledger.errors import WrongAccessStream
from ledger.remembering.reads import Reads
from tests.support.builders import STREAM, an_action

OWN, OTHER = f"access:{'0a' * 32}", f"access:{'0b' * 32}"


class Secrets:
    """A source that knows one dossier's first secret until that is erased."""

    def __init__(self) -> None:
        self.asked = 0
        self.streams = {STREAM: OWN}

    def access_stream_of(self, dossier: str) -> str | None:
        self.asked += 1
        return self.streams.get(dossier)


def check(reads: Reads, stream: str, dossier: str = STREAM) -> None:
    details = AccessLoggedDetails(
        dossier=dossier, purpose=AccessPurpose.TASK, fields=("dossier.submitted",)
    )
    reads.check(an_action("access.logged", stream=stream, office=None, details=details))


@pytest.mark.parametrize(
    ("stream", "dossier"),
    [
        pytest.param(OTHER, STREAM, id="another stream"),
        pytest.param(OWN, "dossier:" + "9" * 32, id="another dossier"),
    ],
)
def test_read_elsewhere_is_refused(stream: str, dossier: str) -> None:
    with pytest.raises(WrongAccessStream):
        check(Reads(Secrets()), stream, dossier)


def test_vault_is_asked_once_for_a_dossier_that_is_read_again() -> None:
    secrets = Secrets()
    reads = Reads(secrets)

    for _ in range(3):
        check(reads, OWN)

    assert secrets.asked == 1


def test_who_holds_no_vault_asks_nothing() -> None:
    check(Reads(), OTHER)


def test_other_acts_are_left_alone() -> None:
    secrets = Secrets()

    Reads(secrets).check(an_action("dossier.accepted"))

    assert secrets.asked == 0
