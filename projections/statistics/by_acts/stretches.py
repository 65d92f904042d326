"""Waits and halts of a dossier as its row holds them: what they are, and their moments as texts.

Counting everything reads them by the hundred thousand, so no dossier is made of the row for them.
"""

from functools import lru_cache
from typing import Final, NamedTuple, TypeVar

import msgspec

from domain.dossiers import HaltKind, WaitKind
from domain.moments import Moment, render_moment
from projections.dossier_rows import NOTHING

_PLAIN_LENGTH: Final = len("2026-11-21T08:03:11Z")


class Stretch(NamedTuple):
    """One wait or halt; open where ``until`` is None."""

    kind: WaitKind | HaltKind
    since: str
    until: str | None


class _At(msgspec.Struct, frozen=True):
    instant: str | None = None
    day: str | None = None


class _Wait(msgspec.Struct, frozen=True):
    kind: WaitKind
    since: _At
    until: _At | None = None


class _Halt(msgspec.Struct, frozen=True):
    kind: HaltKind
    since: _At
    until: _At | None = None


StretchT = TypeVar("StretchT", _Wait, _Halt)
_waits_decoder = msgspec.json.Decoder(tuple[_Wait, ...])
_halts_decoder = msgspec.json.Decoder(tuple[_Halt, ...])


# Fees and stays of one dossier ask one after the other.
@lru_cache(maxsize=64)
def waits_in(text: str) -> tuple[Stretch, ...]:
    """Read the waits of a row.

    Raises:
        MsgspecError: the text holds no waits.
    """
    return () if text == NOTHING else tuple(map(_stretch, _waits_decoder.decode(text)))


@lru_cache(maxsize=64)
def halts_in(text: str) -> tuple[Stretch, ...]:
    """Read the halts of a row; it raises as `waits_in`."""
    return () if text == NOTHING else tuple(map(_stretch, _halts_decoder.decode(text)))


def _stretch(found: StretchT) -> Stretch:
    until = None if found.until is None else _text(found.until)
    return Stretch(found.kind, _text(found.since), until)


def _text(at: _At) -> str:
    if at.instant is None:
        assert at.day is not None
        return at.day
    if len(at.instant) == _PLAIN_LENGTH:
        return at.instant
    # With fractions of a second, which texts of moments drop.
    return render_moment(msgspec.convert({"instant": at.instant}, Moment))
