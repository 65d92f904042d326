"""Actions of which everything can be made wrong, each thing for itself and signed all the same."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from domain.facts import DossierAccepted, DossierAcceptedDetails
from ledger.action_notes import SubmittedAction
from ledger.bodies import ACTION_TYPE_LINE
from tests.support.ledger_builders import World
from transparency.notes import NoteSignature, SigningKey, parse_note, render_note

Lines = Callable[[list[NoteSignature]], list[NoteSignature]]


@dataclass
class Wreck:
    """An action of which everything can be made wrong, each thing for itself."""

    world: World
    members: dict[str, Any]
    salt: bytes
    details: bytes
    keys: list[SigningKey]
    respell: Callable[[bytes], bytes] = lambda line: line
    relines: Lines = lambda lines: lines
    renote: list[Callable[[bytes], bytes]] = field(default_factory=list)

    def submitted(self) -> SubmittedAction:
        self.members["signers"] = [
            {"as": signer["as"], "key": key.name}
            for signer, key in zip(self.members["signers"], self.keys, strict=True)
        ]
        line = json.dumps(self.members, sort_keys=True, separators=(",", ":")).encode()
        text = ACTION_TYPE_LINE + self.respell(line) + b"\n"
        note = render_note(text, self.relines([key.sign(text) for key in self.keys]))
        for change in self.renote:
            note = change(note)
        return SubmittedAction(note, self.salt, self.details)


def wreck_of(world: World, action: SubmittedAction) -> Wreck:
    line = parse_note(action.note).text[len(ACTION_TYPE_LINE) :]
    assert action.salt is not None
    assert action.details is not None
    return Wreck(world, json.loads(line), action.salt, action.details, [world.desk.officer])


# A code is given once.
_numbers = count(1)


def an_acceptance(world: World, stream: str) -> SubmittedAction:
    return world.act(
        "dossier.accepted",
        stream,
        facts=DossierAccepted(appointment="2026-03-20"),
        details=DossierAcceptedDetails(code=f"H27-260302-{next(_numbers):04d}"),
    )
