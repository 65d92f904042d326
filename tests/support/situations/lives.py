"""Short lives of dossiers for tests of where they stand: acts by hour, folded as recorded."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from domain.actions import Action, Signer
from domain.decisions import evolve
from domain.dossiers import Dossier
from domain.moments import Moment, parse_moment
from domain.offices import BilingualName
from domain.procedures import InternalStep, Procedure
from domain.roles import Role
from projections.dossier_rows import Act, act_of
from projections.entries import PublicEntry
from projections.status.basis import Basis, Parameters, basis_of
from projections.status.situation import Situation, situation_of
from tests.support.builders import MemoryRegister, a_procedure, a_register, an_action

RECEIVER = Signer("receiver-00000000000000a1", Role.RECEIVER)
PROCESSOR = Signer("processor-00000000000000a2", Role.PROCESSOR)
APPROVER = Signer("approver-00000000000000a3", Role.APPROVER)
LEADER = Signer("assigner-00000000000000a4", Role.ASSIGNER)

STEPS = (
    InternalStep(
        role=Role.RECEIVER, hours=4, code="b1", name=BilingualName(vi="Chuyển", en="Sending on")
    ),
    InternalStep(
        role=Role.PROCESSOR,
        hours=20,
        code="b2",
        unit="P1",
        name=BilingualName(vi="Thẩm định", en="Appraisal"),
    ),
    InternalStep(role=Role.APPROVER, hours=8, code="b3", name=BilingualName(vi="Ký", en="Signing")),
    InternalStep(role=Role.CLERK, code="b4"),
)


@dataclass(frozen=True, slots=True)
class Lived:
    """A dossier, its published acts and the register that it was folded with."""

    dossier: Dossier
    acts: list[Act]
    register: MemoryRegister

    def basis(self, as_of: str, **parameters: int) -> Basis:
        """Give what the dossier is judged by at an instant."""
        given = Parameters(**parameters)
        return basis_of(self.dossier, self.register, instant(as_of), given)

    def situation(self, as_of: str, **parameters: int) -> Situation:
        """Say where the dossier stands at an instant."""
        return situation_of(self.dossier, self.acts, self.basis(as_of, **parameters))


def instant(text: str) -> datetime:
    """Read an instant."""
    return datetime.fromisoformat(text).astimezone(UTC)


def a_stepped_procedure(**changes: Any) -> Procedure:
    """Give a procedure with four published steps, the last without hours."""
    return a_procedure(**({"steps": STEPS} | changes))


def lived(*acts: tuple[str, str] | Action, register: MemoryRegister | None = None) -> Lived:
    """Fold acts, each a kind without `dossier.` and its moment, or a whole action."""
    known = register or a_register()
    actions = [_action(number, act) for number, act in enumerate(acts, start=1)]
    return fold(actions, known)


def fold(actions: Sequence[Action], register: MemoryRegister) -> Lived:
    """Fold actions in order; each is published at once."""
    state: Any = None
    acts = []
    for action in actions:
        state = evolve(state, action, register)
        recorded_at = action.at.start_in("Asia/Ho_Chi_Minh")
        acts.append(act_of(PublicEntry(action.version + 9, action, recorded_at, b""), state))
    assert isinstance(state, Dossier)
    return Lived(state, acts, register)


def act(kind: str, at: str, *signers: Signer, **changes: Any) -> Action:
    """Give one action of a kind without `dossier.`; its version is set by its place."""
    settled: dict[str, Any] = {"at": moment(at)} | changes
    if signers:
        settled["signers"] = signers
    return an_action(f"dossier.{kind}", **settled)


def moment(text: str) -> Moment:
    """Read a moment."""
    return parse_moment(text)


def _action(version: int, given: tuple[str, str] | Action) -> Action:
    made = act(*given) if isinstance(given, tuple) else given
    members = {name: getattr(made, name) for name in Action.__struct_fields__}
    return Action(**(members | {"version": version}))
