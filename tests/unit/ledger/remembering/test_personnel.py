"""Two keys with one personnel number are one person to the writer, after a restart too."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from domain.facts import Grant, KeyRegisteredDetails, SlipSecretReplaced, SlipSecretReplacedDetails
from domain.roles import Role
from ledger.action_notes import SubmittedAction
from ledger.remembering.reading import remembered_actions
from tests.support.inspecting.world import HEAD, NUMBER, PrivateWorld, codes_of
from tests.support.ledger_builders import OFFICE, ORIGIN, a_signing_key
from transparency.encoding import encode_base64

# The head's second key, enrolled as if it were a colleague's.
SECOND = a_signing_key("officer", 8)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[PrivateWorld]:
    made = PrivateWorld(tmp_path)
    desk = made.desk
    details = KeyRegisteredDetails(personnel_number=f" {NUMBER}")
    grants = [Grant(Role.RECEIVER, OFFICE)]
    made.settle(desk.drafter.register_key(desk.registrar, SECOND, grants, desk.now(), details))
    yield made
    made.vault.close()


def _new_slip(world: PrivateWorld) -> SubmittedAction:
    return world.act(
        "dossier.slip_secret_replaced",
        world.submit(),
        facts=SlipSecretReplaced(),
        details=SlipSecretReplacedDetails(secret=encode_base64(b"n" * 32), reason_code="slip_lost"),
        signers=[(Role.RECEIVER, SECOND), (Role.HEAD, HEAD)],
    )


def test_one_person_with_two_keys_gives_no_dossier_a_new_slip(world: PrivateWorld) -> None:
    """A head enrolled as a receiver too signed for both, and read as the holder."""
    action = _new_slip(world)

    world.keep(action)
    (verdict,) = world.record(action)

    assert verdict.code == "person_repeated"
    assert codes_of(world.inspect()) == []


def test_writer_that_starts_again_still_knows_whose_keys_they_are(world: PrivateWorld) -> None:
    unreadable: list[str] = []

    actions = remembered_actions(world.store, world.vault, ORIGIN, unreadable)

    numbers = {
        action.stream_id: action.details.personnel_number
        for action in actions
        if isinstance(action.details, KeyRegisteredDetails)
    }
    assert (numbers[HEAD.name], numbers[SECOND.name]) == (NUMBER, f" {NUMBER}")
    assert unreadable == []
