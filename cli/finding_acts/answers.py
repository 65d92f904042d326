"""R32 from the answer to a statistics address: every number of it held against the log's own."""

import re
from collections.abc import Iterator
from typing import Final

import msgspec

from api.errors import MalformedParameter
from api.figures.addresses import split_address
from cli.finding_acts.books import ours_of
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
_NO_NUMBER: Final = object()


class _Checkpoint(msgspec.Struct):
    size: int


class _Dated(msgspec.Struct):
    checkpoint: _Checkpoint


def compare_answer(published: bytes, asked: str, address: LogAddress, anchors: Anchors) -> TwoBooks:
    """Hold an answer that somebody kept against the log at the checkpoint that it names.

    Raises:
        UsageProblem: no statistics stand at that address, or these are no answer of it.
        TransparencyError, EntryUnreadable: the log cannot be trusted, or has no such size.
    """
    try:
        split_address(asked)
        size = msgspec.json.decode(published, type=_Dated).checkpoint.size
        world = replay_log(address.tiles(), anchors, address.documents(), size)
        return books_of_answer(published, asked, world, AnswersOfWorld(world).to(asked))
    except MalformedParameter as error:
        raise UsageProblem(str(error)) from error
    except (msgspec.MsgspecError, RecursionError) as error:
        raise UsageProblem(f"this is no answer that names a checkpoint: {error}") from error


def books_of_answer(published: bytes, asked: str, world: PublicWorld, ours: bytes) -> TwoBooks:
    """Make R32 of an answer whose numbers differ from those of the log.

    Without a finding where none does, and where it is no JSON: other bytes are told elsewhere.
    """
    mine = msgspec.json.decode(ours)
    measures: list[MeasureDifference] = []
    if ours != published:
        try:
            measures = list(_differing(msgspec.json.decode(published), mine, "", _ANY))
        except (msgspec.MsgspecError, RecursionError):
            measures = []
    own = ours_of(world, count_world(world))
    return answer_differs(published, asked, own, _count(mine), measures)


def _differing(theirs: object, ours: object, place: str, key: _Key) -> Iterator[MeasureDifference]:
    """Walk along our own members alone: names that somebody else made up are never repeated."""
    if isinstance(theirs, dict) and isinstance(ours, dict):
        key = _key_of(ours, key)
        for name in sorted(ours):
            below = f"{place}.{name}" if place else name
            yield from _differing(theirs.get(name), ours[name], below, key)
    elif isinstance(theirs, list) and isinstance(ours, list):
        if len(theirs) != len(ours):
            yield _measure(f"{place}.items", key, len(theirs), len(ours))
            return
        for number, (one, other) in enumerate(zip(theirs, ours, strict=True)):
            yield from _differing(one, other, f"{place}[{number}]", key)
    else:
        published, mine = _number(theirs), _number(ours)
        if published != mine and _NO_NUMBER not in (published, mine):
            yield _measure(place, key, published, mine)


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
        for given, inherited in zip(
            (figure.get(name) for name in ("office", "procedure", "period")), above, strict=True
        )
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


def _count(value: object) -> int:
    if isinstance(value, dict):
        return sum(map(_count, value.values()))
    if isinstance(value, list):
        return sum(map(_count, value))
    return value is not None and _number(value) is not _NO_NUMBER
