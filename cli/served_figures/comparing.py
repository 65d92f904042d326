"""Answers that are published, compared byte for byte with those of the public log, for recompute.

Counts, petitions and veiled dossiers are compared figure by figure elsewhere. The answers about the
last two are compared here as well, since an answer says more than its figures. Where bytes differ,
each member that differs is named.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from http import HTTPStatus
from itertools import islice
from pathlib import Path
from typing import Final

import msgspec

from api import bootstrap
from api.bodies import encode
from api.data_folder import DataFolder
from api.errors import MalformedParameter
from api.figures.addresses import split_address, wanted_format
from api.figures.answering import answer
from api.figures.asking import PETITIONS, RATINGS, VEILED
from api.figures.indexing import INDEX, INDEX_MEMBERS, REPORT, answer_unit
from api.settings import Settings, settings_of_process
from cli.sources import LogAddress, fetch
from domain.index766 import formulas_of
from ledger.key_files import Anchors
from projections.index766.from_log import record_of_world
from projections.index766.reading import read_index, read_report
from projections.reading import FiguresInViews
from projections.recompute import Difference, FiguresOfWorld, PublicWorld, replay_log
from projections.tallies.published import Tallies
from projections.views import ViewReader

# Told figure by figure elsewhere, where what differs is a figure.
TOLD_ELSEWHERE: Final = (PETITIONS, VEILED)
ADDRESSES: Final = (
    *TOLD_ELSEWHERE,
    "/v1/statistics/durations",
    "/v1/statistics/durations?by=period&granularity=month",
    "/v1/statistics/timeliness?by=period",
    "/v1/statistics/backlog",
    "/v1/statistics/comparison",
    "/v1/statistics/steps?by=period",
    "/v1/statistics/visits?by=period",
    "/v1/statistics/fees?by=period",
    RATINGS,
    f"{RATINGS}?by=office,period",
    INDEX,
    REPORT,
)
MOST_NAMED: Final = 50
# A list of more figures than one answer may hold is refused: there nobody is answered.
_NOTHING: Final = (HTTPStatus.NOT_FOUND, HTTPStatus.BAD_REQUEST)
# What tells one figure of an answer from the others, as far as a difference can name it.
_OFFICE, _PROCEDURE, _PERIOD = "office", "procedure", "period"


@dataclass(frozen=True, slots=True)
class WrongAnswer:
    """A published answer whose bytes are not those of the log, and the world that it is as of."""

    asked: str
    theirs: bytes
    ours: bytes
    world: PublicWorld


@dataclass(frozen=True, slots=True)
class Answers:
    """How many published answers were compared, in what they differ, and as of which sizes.

    ``of_those_told`` is in what those differ whose figures are compared elsewhere: perhaps in
    nothing that is a figure there. ``not_published`` are addresses at which a site has nothing, as
    an older program has not: nobody can say what those who ask elsewhere are shown.
    """

    compared: int
    differences: tuple[Difference, ...]
    wrong: tuple[WrongAnswer, ...] = ()
    sizes: frozenset[int] = frozenset()
    of_those_told: tuple[Difference, ...] = ()
    not_published: tuple[str, ...] = ()


def compare_answers(
    address: LogAddress, anchors: Anchors, data: Path, world: PublicWorld
) -> Answers:
    """Compare every published answer with that of the log; those not published are left out.

    Raises:
        TransparencyError, EntryUnreadable: the log cannot be trusted.
        StoreUnavailable: the site does not answer, or the views cannot be read.
    """
    compared, differences, told, wrong = 0, list[Difference](), list[Difference](), []
    first = world.checkpoint.size
    replayed = {first: world}
    worlds = {first: AnswersOfWorld(world)}
    left = dict.fromkeys(ADDRESSES)
    for asked, theirs in _published(address, data, anchors.origin):
        del left[asked]
        size = size_of(theirs) or first
        if size not in worlds:
            # The figures moved on since the other ones were read.
            replayed[size] = replay_log(address.tiles(), anchors, address.documents(), size)
            worlds[size] = AnswersOfWorld(replayed[size])
        compared += 1
        try:
            ours = worlds[size].to(asked)
        except MalformedParameter:
            # The log has more figures than an answer may hold, so no answer is right.
            differences.append(_difference((asked, ("", "", "")), "bytes", len(theirs), 0))
            continue
        if ours != theirs:
            into = told if asked in TOLD_ELSEWHERE else differences
            into += islice(differences_of(asked, theirs, ours), MOST_NAMED)
            wrong.append(WrongAnswer(asked, theirs, ours, replayed[size]))
    sizes = frozenset(worlds)
    lacking = tuple(left) if address.is_remote else ()
    return Answers(compared, tuple(differences), tuple(wrong), sizes, tuple(told), lacking)


class AnswersOfWorld:
    """What a server answers at the checkpoint that a log was replayed up to."""

    def __init__(self, world: PublicWorld) -> None:
        """Add up all dossiers, once for all answers.

        Raises:
            StoreCorrupt: a dossier was accepted by an office that is not registered.
        """
        self._figures = FiguresOfWorld(world)
        self._record = record_of_world(world, self._figures.cells())

    def to(self, asked: str) -> bytes:
        """Answer an address.

        Raises:
            MalformedParameter: nothing stands there, or a member is not what it must be.
        """
        path, members = split_address(asked)
        if path in INDEX_MEMBERS:
            return answer_unit(self._record, self._figures.checkpoint(), path, members).body
        return answer(self._figures, path, members, wanted_format(members)).body


def _published(address: LogAddress, data: Path, ledger: str) -> Iterator[tuple[str, bytes]]:
    if address.is_remote:
        for asked in ADDRESSES:
            body = fetch(f"{address.site}{asked}", nothing=_NOTHING)
            if body is not None:
                yield asked, body
    elif DataFolder(data).views.exists():
        settings = settings_of_process({"data": data})
        tallies = _tallies_in(settings, ledger)
        with bootstrap.open_views(settings).reading() as reader:
            for asked in ADDRESSES:
                body = _in_views(reader, asked, tallies)
                if body is not None:
                    yield asked, body


def _tallies_in(settings: Settings, ledger: str) -> Tallies | None:
    """Give where a folder's tallies lie; None where it holds no ledger."""
    if not bootstrap.data_folder(settings).ledger.exists():
        return None
    return Tallies(ledger, bootstrap.ledger_reader(settings), bootstrap.documents(settings))


def _in_views(reader: ViewReader, asked: str, tallies: Tallies | None) -> bytes | None:
    """Answer an address from the views as their server does; None where it would refuse."""
    position = reader.position()
    if position is None:
        return None
    if asked == INDEX:
        formulas = formulas_of()
        assert formulas is not None
        return encode(read_index(reader, formulas, None, None))
    if asked == REPORT:
        return encode(read_report(reader, None, None))
    path, members = split_address(asked)
    if path == RATINGS and tallies is None and reader.tallied_months():
        # The views keep no cells of tallies, and the ledger that has them is not here.
        return None
    try:
        return answer(FiguresInViews(reader, position, tallies), path, members).body
    except MalformedParameter:
        # More figures than one answer may hold: nobody is answered there.
        return None


def size_of(body: bytes) -> int:
    """Give the checkpoint size that an answer names; 0 where it names none."""
    try:
        return msgspec.json.decode(body, type=_Dated).checkpoint.size
    except (msgspec.MsgspecError, RecursionError):
        return 0


class _Checkpoint(msgspec.Struct):
    size: int


class _Dated(msgspec.Struct):
    checkpoint: _Checkpoint


def differences_of(asked: str, theirs: bytes, ours: bytes) -> Iterator[Difference]:
    """Name every member in which two answers differ; or that their bytes do, if none does."""
    try:
        published = msgspec.json.decode(theirs)
    except (msgspec.DecodeError, RecursionError):
        published = None
    found = False
    for difference in _walk(asked, published, msgspec.json.decode(ours), ("", "", "")):
        found = True
        yield difference
    if not found:
        yield _difference((asked, ("", "", "")), "bytes", len(theirs), len(ours))


_Key = tuple[str, str, str]


def _walk(place: str, theirs: object, ours: object, key: _Key) -> Iterator[Difference]:
    if isinstance(theirs, dict) and isinstance(ours, dict):
        key = _key_of(ours, key)
        for name in sorted(theirs.keys() | ours.keys()):
            yield from _walk(f"{place} {name}", theirs.get(name), ours.get(name), key)
    elif isinstance(theirs, list) and isinstance(ours, list) and len(theirs) == len(ours):
        for number, (one, other) in enumerate(zip(theirs, ours, strict=True)):
            yield from _walk(f"{place}[{number}]", one, other, key)
    elif theirs != ours:
        yield _difference((place, key), "value", _shown(theirs), _shown(ours))


def _key_of(figure: dict[str, object], above: _Key) -> _Key:
    names = (_OFFICE, _PROCEDURE, _PERIOD)
    found = [figure.get(name) for name in names]
    office, procedure, period = (
        each if isinstance(each, str) else inherited
        for each, inherited in zip(found, above, strict=True)
    )
    return office, procedure, period


def _shown(value: object) -> int | str:
    if isinstance(value, int):
        return value
    if isinstance(value, list):
        return f"{len(value)} items"
    try:
        return str(value)
    except RecursionError:
        # What was read at the deepest that can be, a few calls further down cannot be written out.
        return "nested too deep to be shown"


def _difference(
    where: tuple[str, _Key], kind: str, published: int | str, recomputed: int | str
) -> Difference:
    place, (office, procedure, period) = where
    return Difference(
        office=office,
        procedure=procedure,
        period=period,
        field=place if kind == "value" else f"{place} {kind}",
        published=published,
        recomputed=recomputed,
    )
