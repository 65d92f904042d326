"""R32 from the answer to a statistics address: every number of it held against the log's own."""

import re
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

import msgspec

from api.errors import MalformedParameter
from api.figures.addresses import split_address, wanted_format
from api.figures.asking import PETITIONS
from cli.finding_acts.books import ours_of
from cli.finding_acts.questions import AnswerNotComparable, check_comparable, check_told
from cli.output import UsageProblem
from cli.served_figures.comparing import AnswersOfWorld
from cli.sources import LogAddress
from ledger.key_files import Anchors
from projections.findings.peers.two_books import ALL, MeasureDifference, TwoBooks, answer_differs
from projections.recompute import PublicWorld, count_world, replay_log

_DECIMALS: Final = re.compile(r"-?(?:0|[1-9][0-9]{0,14})\.[0-9]{1,12}", re.ASCII)
_PERIOD: Final = re.compile(r"[0-9]{4}(?:-[0-9]{2}(?:-[0-9]{2})?|-Q[1-4])?", re.ASCII)
_LARGEST: Final = 2**53 - 1
_Key = tuple[str, str, str]
_ANY: Final = (ALL, ALL, ALL)
_KEYS: Final = ("office", "procedure", "period")
# What tells one row of an answer from the others; numbers of two rows are never compared.
_ROW: Final = (*_KEYS, "field", "channel", "track", "stage", "step", "id")
_NO_NUMBER: Final = object()


class _Checkpoint(msgspec.Struct):
    size: int


class _Dated(msgspec.Struct):
    checkpoint: _Checkpoint


def compare_answer(published: bytes, asked: str, address: LogAddress, anchors: Anchors) -> TwoBooks:
    """Hold an answer that somebody kept against the log at the checkpoint that it names.

    Raises:
        UsageProblem: no statistics stand at that address, or these are no answer of it.
        AnswerNotComparable: they are to another question, or by another definition.
        TransparencyError, EntryUnreadable: the log cannot be trusted, or has no such size.
    """
    try:
        path, members = split_address(asked)
        if wanted_format(members) != "json":
            raise UsageProblem("only answers in JSON are compared: leave format=csv away")
        size = msgspec.json.decode(published, type=_Dated).checkpoint.size
        world = replay_log(address.tiles(), anchors, address.documents(), size)
        ours = AnswersOfWorld(world).to(asked)
        _check_kept(msgspec.json.decode(published), msgspec.json.decode(ours), path)
        return books_of_answer(published, asked, world, ours)
    except MalformedParameter as error:
        raise UsageProblem(str(error)) from error
    except (msgspec.MsgspecError, RecursionError) as error:
        raise UsageProblem(f"this is no answer that names a checkpoint: {error}") from error


def _check_kept(theirs: object, ours: object, path: str) -> None:
    check_comparable(theirs, ours)
    if path != PETITIONS:
        check_told(theirs, ours)


def books_of_answer(published: bytes, asked: str, world: PublicWorld, ours: bytes) -> TwoBooks:
    """Make R32 of an answer whose numbers differ from those of the log.

    Without a finding where none does, where it is no JSON, and where it is to another question, by
    another definition or as of another checkpoint: other bytes are told elsewhere. `left_out`
    counts the numbers of ours that it does not have, by their place without the rows' numbers.
    """
    held = _Held()
    mine = msgspec.json.decode(ours)
    with suppress(msgspec.MsgspecError, RecursionError, AnswerNotComparable):
        theirs = msgspec.json.decode(published)
        check_comparable(theirs, mine)
        held.walk(theirs, mine, "", _ANY)
    own = ours_of(world, count_world(world))
    books = answer_differs(published, asked, own, held.compared, held.measures)
    return msgspec.structs.replace(books, left_out=dict(sorted(held.left_out.items())))


@dataclass(slots=True)
class _Held:
    """How many numbers were compared, those that differ, and those that the other side lacks.

    It goes along our own members alone: names that somebody else made up are never repeated.
    """

    compared: int = 0
    measures: list[MeasureDifference] = field(default_factory=list)
    left_out: Counter[str] = field(default_factory=Counter)

    def walk(self, theirs: object, ours: object, place: str, key: _Key) -> None:
        if isinstance(theirs, dict) and isinstance(ours, dict) and _is_of(theirs, ours):
            key = _key_of(ours, key)
            for name in sorted(ours):
                below = f"{place}.{name}" if place else name
                self.walk(theirs.get(name, _NO_NUMBER), ours[name], below, key)
        elif isinstance(theirs, list) and isinstance(ours, list):
            self._walk_list(theirs, ours, place, key)
        else:
            self._compare(theirs, ours, place, key)

    def _walk_list(self, theirs: list[object], ours: list[object], place: str, key: _Key) -> None:
        if len(theirs) != len(ours):
            self.measures.append(_measure(f"{place}.items", key, len(theirs), len(ours)))
            return
        for number, (one, other) in enumerate(zip(theirs, ours, strict=True)):
            self.walk(one, other, f"{place}[{number}]", key)

    def _compare(self, theirs: object, ours: object, place: str, key: _Key) -> None:
        published, mine = _number(theirs), _number(ours)
        if _NO_NUMBER in (published, mine):
            # A member that a later version added stands in no answer that was kept from before.
            self.left_out.update(_places(ours, re.sub(r"\[[0-9]+\]", "[]", place)))
            return
        self.compared += mine is not None
        if _decimal(published) != _decimal(mine):
            self.measures.append(_measure(place, key, published, mine))


def _places(ours: object, place: str) -> Iterator[str]:
    """Give the place of every number in a part of our answer."""
    if isinstance(ours, dict):
        for name, value in ours.items():
            yield from _places(value, f"{place}.{name}" if place else name)
    elif isinstance(ours, list):
        for value in ours:
            yield from _places(value, f"{place}[]")
    elif ours is not None and _number(ours) is not _NO_NUMBER:
        yield place


def _is_of(theirs: dict[str, object], ours: dict[str, object]) -> bool:
    """Tell whether two rows are of one office, procedure, period and the like."""
    return all(theirs.get(name, ours.get(name)) == ours.get(name) for name in _ROW)


def _decimal(number: object) -> Decimal | None:
    """Give the value of a number: other programs write 1 for 1.0."""
    return Decimal(number) if isinstance(number, int | str) else None


def _measure(place: str, key: _Key, published: object, ours: object) -> MeasureDifference:
    office, procedure, period = key
    return msgspec.convert(
        {
            "office": office,
            "procedure": procedure,
            "period": period,
            "measure": place,
            "published": published,
            "ours": ours,
        },
        MeasureDifference,
    )


def _key_of(figure: dict[str, object], above: _Key) -> _Key:
    office, procedure, period = (
        given if isinstance(given, str) and given else inherited
        for given, inherited in zip((figure.get(name) for name in _KEYS), above, strict=True)
    )
    return office, procedure, period if _PERIOD.fullmatch(period) else ALL


def _number(value: object) -> object:
    """Give a number as evidence writes it; `_NO_NUMBER` for whatever else it is."""
    if value is None:
        return None
    if isinstance(value, float):
        value = repr(value)
    if isinstance(value, str):
        return value if _DECIMALS.fullmatch(value) else _NO_NUMBER
    is_whole = isinstance(value, int) and not isinstance(value, bool) and abs(value) <= _LARGEST
    return value if is_whole else _NO_NUMBER
