"""The law as a table: every kind with its signers, statuses, facts and clocks, made from the code.

`docs/law.md` and `dossier-ledger law table` print it; nothing here is written by hand but words.
Statuses have their official numbers (domain.md 2.4); `=` leaves the status, `prior` leads back to
where a wait began, `∅` begins a stream. Streams beside dossiers have states with names, or none.
"""

from dataclasses import dataclass
from typing import Final

import msgspec

from domain.actions import Kind, Need, StreamType
from domain.dossiers import Status
from domain.facts import ImportableFacts
from domain.kinds import KINDS
from domain.roles import Role, SignerRule, SignerSet
from domain.transitions import TRANSITIONS, ClockAct, ClockEffect, Move, Transition
from domain.transitions.shapes import STOP_ALL

BEGINS: Final = "∅"
SAME: Final = "="
PRIOR: Final = "prior"
ANY: Final = "*"
SUSPENDED: Final = "8(suspended)"

_AT_INTAKE: Final = frozenset({Status.NEWLY_REGISTERED})
_WAITS: Final = frozenset({Status.SUPPLEMENT_REQUIRED, Status.PAYMENT_REQUIRED})


@dataclass(frozen=True, slots=True)
class LawRow:
    """One kind in words; `from_states` and `to_states` belong together, one by one.

    `public_because` names for each public fact the public fold that needs it; `required` what an
    act must say, public or private, beside what its shape asks of imports too.
    """

    kind: str
    rows: str
    signers: tuple[str, ...]
    from_states: tuple[str, ...]
    to_states: tuple[str, ...]
    public_facts: tuple[str, ...]
    public_because: dict[str, str]
    private_facts: tuple[str, ...]
    private_required: bool
    required: tuple[str, ...]
    clock: tuple[str, ...]

    @property
    def moves(self) -> str:
        """Give the moves in one line, those with one target together."""
        by_target: dict[str, list[str]] = {}
        for start, target in zip(self.from_states, self.to_states, strict=True):
            by_target.setdefault(target, []).append(start)
        return "; ".join(f"{', '.join(starts)} → {target}" for target, starts in by_target.items())


def law_table() -> list[LawRow]:
    """Give all kinds, in the order of the closed table."""
    return [_row(kind, TRANSITIONS[kind.name]) for kind in KINDS.values()]


def _row(kind: Kind, transition: Transition) -> LawRow:
    moves = _moves(kind, transition)
    public = _names(kind.facts)
    return LawRow(
        kind=kind.name,
        rows=transition.rows,
        signers=_companies(kind.signers),
        from_states=tuple(start for start, _ in moves),
        to_states=tuple(target for _, target in moves),
        public_facts=public,
        public_because={name: _because(kind, name) for name in public},
        private_facts=() if kind.details is None else _names(kind.details),
        private_required=kind.details_required,
        required=tuple(_need(need) for need in kind.needs),
        clock=_clocks(transition.clock),
    )


def _names(shape: type[msgspec.Struct]) -> tuple[str, ...]:
    """Give the members of a shape without the marks that every import may bear."""
    marks = ImportableFacts.marks_because if issubclass(shape, ImportableFacts) else ()
    return tuple(name for name in shape.__struct_fields__ if name not in marks)


def _need(need: Need) -> str:
    """Give a member that everybody but an importer must state, and where it is asked for."""
    name = f"{need.member} or {need.or_else}" if need.or_else else need.member
    if need.fact is None:
        return name
    values = " or ".join("none" if value is None else value.value for value in need.values)
    return f"{name} where {need.fact} is {values}"


def _because(kind: Kind, name: str) -> str:
    return kind.facts.public_because.get(name, "")


def _companies(rule: SignerRule) -> tuple[str, ...]:
    return tuple(_company(company) for company in rule.companies)


def _company(company: SignerSet) -> str:
    text = " or ".join(_roles(company.one_of))
    if company.with_all:
        text += " with " + " and ".join(_roles(company.with_all))
    if company.may_join:
        text += f" (and {' or '.join(_roles(company.may_join))})"
    return text


def _roles(roles: frozenset[Role]) -> list[str]:
    return [role.value for role in Role if role in roles]


def _moves(kind: Kind, transition: Transition) -> list[tuple[str, str]]:
    if transition.steps:
        return [(start or BEGINS, target) for start, target in transition.steps.items()]
    begun = str(Status.NEWLY_REGISTERED.value) if kind.stream is StreamType.DOSSIER else SAME
    moves = [(BEGINS, begun)] if transition.creates else []
    if transition.continues:
        moves.append((ANY, SAME))
    for status, target in transition.moves.items():
        moves.append((_place(status, transition), _target(target, transition)))
    if transition.from_suspension is not None:
        moves.append((SUSPENDED, _target(transition.from_suspension, transition)))
    return moves


def _place(status: Status, transition: Transition) -> str:
    number = str(status.value)
    if transition.after_approval:
        return f"{number}(approved)"
    if transition.waiting_from is None or status not in _WAITS:
        return number
    return f"{number}({'intake' if transition.waiting_from == _AT_INTAKE else 'processing'})"


def _target(target: Status | Move, transition: Transition) -> str:
    if target is Move.SAME:
        return SAME
    if target is Move.PRIOR:
        return PRIOR
    assert isinstance(target, Status)
    return SUSPENDED if transition.suspends else str(target.value)


def _clocks(effects: tuple[ClockEffect, ...]) -> tuple[str, ...]:
    if effects == STOP_ALL:
        return ("stop all",)
    return tuple(_clock(effect) for effect in effects)


def _clock(effect: ClockEffect) -> str:
    words = {
        ClockAct.BY_POLICY: f"{effect.clock.value} by supplement policy",
        ClockAct.MOVE_APPOINTMENT: "move appointment",
    }
    text = words.get(effect.act, f"{effect.act.value} {effect.clock.value}")
    return text if effect.flag is None else f"{text} if {effect.flag}"
