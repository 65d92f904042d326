r"""Veils: how an act on a veiled dossier enters the public log without being found in it.

The act is recorded and promised at once, but its note stays in the ledger. Its veil enters the log
later, together with those of at least nine other dossiers of the same office and crowd::

    dossier-ledger/veil@v1
    <the month that figures count it in, YYYY-MM>
    <the office at the top of the tree>
    <the act: received, ended_early, ended_on_time, ended_late or step>
    <base64 of the commitment to the note: the envelope's, and its opening too>

What veils wait for is a day and a crowd: acts of one UTC day leave after its end, when those of ten
dossiers wait with the same month. What is left of a month joins the next one's. So neither place in
the log nor moment of the seal tells more than the day, and each act has those of nine other
dossiers beside it.

>>> veil = Veil("2026-03", "H27", VeilAct.RECEIVED, bytes(32))
>>> print(render_veil(veil).decode(), end="")
dossier-ledger/veil@v1
2026-03
H27
received
AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=
>>> parse_veil(render_veil(veil)) == veil
True
"""

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from domain.veils import LEAST_OF_CROWD, Crowd, VeilAct, crowd_of
from ledger.errors import MalformedAction, OpeningMismatch
from ledger.writing.envelopes import (
    COMMITMENT_BYTES,
    ENVELOPE_TYPE_LINE,
    Waiting,
    commitment_of,
    month_of,
    parse_opening,
)
from transparency.encoding import decode_base64, encode_base64

VEIL_TYPE_LINE: Final = b"dossier-ledger/veil@v1\n"
# A crowd may be long in coming; a promise without a last day would be none.
LONGEST_VEILED: Final = timedelta(days=400)
_LAST_CALL: Final = LONGEST_VEILED - timedelta(days=7)
_MONTH: Final = re.compile("[0-9]{4}-(?:0[1-9]|1[0-2])")
_OFFICE: Final = re.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


@dataclass(frozen=True, slots=True)
class Face:
    """What a veil shows of one act: the office at the top of the tree, and the act."""

    office: str
    act: VeilAct

    def __str__(self) -> str:
        """Give it as promises say it (`published_as`)."""
        return f"{self.office} {self.act}"


@dataclass(frozen=True, slots=True)
class Veil:
    """One entry that stands for an act on a veiled dossier."""

    month: str
    office: str
    act: VeilAct
    commitment: bytes

    @property
    def face(self) -> Face:
        """Give what it shows."""
        return Face(self.office, self.act)


def is_withheld(entry: bytes) -> bool:
    """Tell whether an entry claims to stand for an act whose note is not in the log."""
    return entry.startswith((VEIL_TYPE_LINE, ENVELOPE_TYPE_LINE))


def check_veil_opening(entry: bytes, opening: bytes) -> bytes:
    """Check that a veil stands for the note in an opening; give the note.

    That its face is the right one shows only who knows the states of the dossier.

    Raises:
        MalformedAction, MalformedOpening: it is no veil, or no opening.
        OpeningMismatch: the veil stands for another note.
    """
    salt, note = parse_opening(opening)
    if commitment_of(salt, note) != parse_veil(entry).commitment:
        raise OpeningMismatch("this entry is not the veil of the note in the opening")
    return note


def parse_face(text: str) -> Face:
    """Read what a promise says that an act will be published as.

    Raises:
        MalformedAction: it names no office and act.
    """
    office, _, act = text.partition(" ")
    try:
        face = Face(office, VeilAct(act))
    except ValueError as error:
        raise MalformedAction(
            "a veiled act is promised as an office and one of the acts"
        ) from error
    if not _OFFICE.fullmatch(office):
        raise MalformedAction("a veiled act is promised as an office and one of the acts")
    return face


def render_veil(veil: Veil) -> bytes:
    """Write a veil as it stands in the log."""
    assert _MONTH.fullmatch(veil.month)
    assert _OFFICE.fullmatch(veil.office)
    assert len(veil.commitment) == COMMITMENT_BYTES

    lines = (veil.month, veil.office, veil.act.value, encode_base64(veil.commitment))
    return VEIL_TYPE_LINE + "".join(f"{line}\n" for line in lines).encode("ascii")


def parse_veil(entry: bytes) -> Veil:
    """Read a veil.

    Raises:
        MalformedAction: the entry is none, or holds anything else.
    """
    try:
        text = entry.removeprefix(VEIL_TYPE_LINE).decode("ascii")
        month, office, act, commitment, nothing = text.split("\n")
        veil = Veil(
            month, office, VeilAct(act), decode_base64(commitment, size_bytes=COMMITMENT_BYTES)
        )
    except ValueError as error:
        raise MalformedAction(
            "a veil is five lines: type, month, office, act, commitment"
        ) from error
    is_veil = entry.startswith(VEIL_TYPE_LINE) and not nothing
    if not (is_veil and _MONTH.fullmatch(month) and _OFFICE.fullmatch(office)):
        raise MalformedAction("a veil is five lines: type, month, office, act, commitment")
    return veil


@dataclass(frozen=True, slots=True)
class _WaitingAct:
    recorded_at: datetime
    face: Face
    stream: str
    version: int
    commitment: bytes


class VeilPool:
    """What waits for its day's end and its crowd."""

    def __init__(self) -> None:
        self._crowds: dict[tuple[str, Crowd], list[_WaitingAct]] = defaultdict(list)
        # On a day that was looked at nothing more leaves: what comes today waits for tomorrow.
        self._looked_at_day: date | None = None

    def add(
        self, place: tuple[str, int], face: Face, commitment: bytes, recorded_at: datetime
    ) -> None:
        """Let an act wait; ``place`` is its stream and version."""
        act = _WaitingAct(recorded_at, face, *place, commitment)
        self._crowds[face.office, crowd_of(face.act)].append(act)
        if self._looked_at_day is not None and recorded_at.date() < self._looked_at_day:
            self._looked_at_day = None

    def waiting(self) -> list[tuple[str, int]]:
        """Give stream and version of each act that waits."""
        return [(act.stream, act.version) for acts in self._crowds.values() for act in acts]

    def has_due(self, now: datetime) -> bool:
        """Tell whether some crowd is complete."""
        if self._looked_at_day == now.date():
            return False
        if any(_leaving(acts, now) for acts in self._crowds.values()):
            return True
        self._looked_at_day = now.date()
        return False

    def take_due(self, now: datetime) -> list[Waiting]:
        """Give what is due, in the order in which it enters the log, and let it wait no more."""
        if not self.has_due(now):
            return []
        self._looked_at_day = now.date()
        due: list[Waiting] = []
        for crowd in sorted(self._crowds):
            leaving = _leaving(self._crowds[crowd], now)
            gone = {(act.stream, act.version) for _, act in leaving}
            self._crowds[crowd] = [
                act for act in self._crowds[crowd] if (act.stream, act.version) not in gone
            ]
            # By commitment, which tells nothing: not by month, act or order of recording.
            due += sorted((_veiled(month, act) for month, act in leaving), key=_commitment_of)
        return due


def _veiled(month: str, act: _WaitingAct) -> Waiting:
    veil = render_veil(Veil(month, act.face.office, act.face.act, act.commitment))
    return Waiting(month, act.stream, act.version, veil)


def _commitment_of(waiting: Waiting) -> bytes:
    return parse_veil(waiting.envelope).commitment


def _leaving(acts: list[_WaitingAct], now: datetime) -> list[tuple[str, _WaitingAct]]:
    """Give the acts of one crowd that leave now, each with the month that counts it."""
    ended = [act for act in acts if act.recorded_at.date() < now.date()]
    leaving: list[tuple[str, _WaitingAct]] = []
    left_over: list[_WaitingAct] = []
    for month, of_month in _by_month(ended):
        left_over += of_month
        # Ten acts of one dossier are no crowd.
        if len({act.stream for act in left_over}) >= LEAST_OF_CROWD:
            leaving += [(month, act) for act in left_over]
            left_over = []
    if _must_leave(left_over, now):
        # Under the running month: those before it may have their tallies already.
        leaving += [(month_of(now), act) for act in left_over]
    return leaving


def _must_leave(acts: list[_WaitingAct], now: datetime) -> bool:
    # SPEC: formats.md, "Promise and refusal": a broken promise is evidence against the operator.
    return any(now - act.recorded_at >= _LAST_CALL for act in acts)


def _by_month(acts: list[_WaitingAct]) -> Iterator[tuple[str, list[_WaitingAct]]]:
    months: dict[str, list[_WaitingAct]] = defaultdict(list)
    for act in acts:
        months[month_of(act.recorded_at)].append(act)
    yield from sorted(months.items())
