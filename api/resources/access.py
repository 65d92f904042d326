"""Reading private details by a signed entry in the access log, and the list of who has read.

Two steps: the reader asks where the next entry of the dossier's access stream goes (a signed
request), signs the entry ``access.logged`` and posts it. It is recorded and published; only then
does the answer carry what the entry names. Posting the same entry again within a quarter of an
hour, after an answer that was lost or a 202, opens the same again.

``fields`` of an entry names kinds of acts, whose private parts are wanted; the words ``persons``
and ``officers`` ask for the members that name people, which are left out otherwise.
"""

import asyncio
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import msgspec
from falcon.asgi import Request, Response

from api.bodies import PromisedAnswer, encode, parse_action, text_or_none
from api.error_handlers import answer_problem
from api.errors import AccessEntryUnfit, InspectionOrderNeeded, ReadingNotPermitted
from api.negotiation import JSON_MEDIA_TYPE
from api.parts import Parts
from api.reading.askers import Asker, Askers, Proof
from api.reading.own_reads import Cut, OwnRead
from api.reading.rights import check_right, is_open
from api.reading.slips import Replacement, Slip, slips_of
from api.resources.actions import receipt_url
from api.resources.answers import (
    AccessAnswer,
    AccessPlaceAnswer,
    LoggedReadAnswer,
    OpenedActAnswer,
    OwnReadAnswer,
    ReadingAnswer,
    ReplacingSignerAnswer,
    SlipReplacementAnswer,
)
from api.uploads import read_body
from domain.actions import Action
from domain.facts import KeyRegisteredDetails
from domain.facts.integrity import AccessLoggedDetails, AccessPurpose
from domain.kinds import KINDS
from domain.moments import is_before, render_moment
from domain.reading.private_parts import subject_of_kind, without_names
from domain.reading.rights import Reader, Subject
from domain.roles import Role
from ledger.access_streams import find_access_stream
from ledger.action_notes import SubmittedAction, verify_action
from ledger.drafting import next_place
from ledger.errors import UnknownDossier
from ledger.intake import Answer
from ledger.storage.port import StoredEvent
from projections.access import LoggedRead, logged_reads, open_actions
from transparency.encoding import encode_base64

OPENS_FOR: Final = timedelta(minutes=15)
NAMING: Final = frozenset({Subject.PERSONS, Subject.OFFICERS})
_ENTRY: Final = "access.logged"
_UTC: Final = "UTC"


@dataclass(frozen=True, slots=True)
class _Wish:
    """What a checked access entry opens."""

    kinds: frozenset[str]
    names: frozenset[Subject]


class AccessLog:
    """Checks access entries against the matrix, and reads access streams."""

    def __init__(self, parts: Parts):
        self._parts = parts
        self.askers = Askers(parts)

    def place(self, stream: str, proof: Proof) -> AccessPlaceAnswer:
        """Give where the next access entry of a dossier goes.

        Raises:
            UnknownDossier, ReadingNotPermitted: as `check_right`.
        """
        check_right(self.askers.asker(stream, proof).reader, Subject.PRIVATE_DETAILS)
        name = self._stream_of(stream)
        if name is None:
            raise UnknownDossier
        place = next_place(self._parts.reader, name)
        previous = None if place.previous is None else encode_base64(place.previous)
        return AccessPlaceAnswer(stream=name, version=place.version, previous=previous)

    def check(self, stream: str, submitted: SubmittedAction) -> _Wish:
        """Check that a signed access entry opens what it names, before it is recorded.

        Raises:
            LedgerError: the action is malformed or its signature is not good.
            AccessEntryUnfit: it is no entry for this dossier and this moment.
            UnknownDossier, ReadingNotPermitted, InspectionOrderNeeded: as `check_right`.
        """
        parts = self._parts
        action = verify_action(submitted, parts.origin, parts.keys).action
        details = action.details
        if not isinstance(details, AccessLoggedDetails) or len(action.signers) != 1:
            raise AccessEntryUnfit(_ENTRY)
        reader = self._reader_of(stream, action, details)
        wish = _wish_of(details)
        for kind in sorted(wish.kinds):
            check_right(reader, subject_of_kind(kind))
        for subject in sorted(wish.names):
            check_right(reader, subject)
        self._check_place(stream, action, details)
        return wish

    def opened(self, stream: str, wish: _Wish, answer: Answer) -> ReadingAnswer:
        """Give what a recorded and published access entry opens."""
        assert answer.receipt is not None
        assert answer.entry_index is not None
        events = self._parts.reader.stream_events(stream)
        actions = open_actions(events, self._parts.origin, self._parts.vault.open)
        return ReadingAnswer(
            entry_index=answer.entry_index,
            stream=answer.stream,
            version=answer.version,
            receipt=answer.receipt.decode(),
            acts=tuple(_opened_acts(actions, wish)),
        )

    def reads(self, stream: str, proof: Proof) -> AccessAnswer:
        """Give who has read a dossier, when and why.

        Raises:
            UnknownDossier, ReadingNotPermitted: as `check_right`.
        """
        asker = self.askers.asker(stream, proof)
        if asker.reader is Reader.HELD_SECRET:
            return self.listed_until_replaced(stream, asker)
        return self.listed(stream, asker.reader)

    def listed_until_replaced(self, stream: str, asker: Asker) -> AccessAnswer:
        """Give the reads until a slip was replaced to whoever has it, and who replaced it.

        Raises:
            UnknownDossier, ReadingNotPermitted: as `check_right`.
        """
        check_right(asker.reader, Subject.READS)
        slip = asker.slip
        assert slip is not None
        assert slip.replaced is not None
        end, parts, name = slip.replaced, self._parts, self._stream_of(stream)
        events = () if name is None else parts.reader.stream_events(name)
        reads = logged_reads(
            [event for event in events if _is_before(event, end)],
            parts.origin,
            stream,
            parts.vault.open,
        )
        return AccessAnswer(
            stream=name,
            reads=tuple(
                _read_answer(name or "", read, self._name_of(read.signer.key))
                for read in reads
                if end.entry_index is not None or not is_before(end.counted_from, read.at, _UTC)
            ),
            own_reads=_own_answers(parts.own_reads.of(stream, slip.hash, self._cut(stream, slip))),
            replaced=self._replacement(end),
        )

    def _replacement(self, end: Replacement) -> SlipReplacementAnswer:
        return SlipReplacementAnswer(
            version=end.version,
            at=render_moment(end.at),
            signers=tuple(
                ReplacingSignerAnswer(role=one.role.value, key=one.key, name=self._name_of(one.key))
                for one in end.signers
            ),
        )

    def _cut(self, stream: str, slip: Slip) -> Cut:
        assert slip.replaced is not None
        hashes = [each.hash for each in slips_of(self._parts, stream)]
        place = hashes.index(slip.hash) + 1
        until = render_moment(slip.replaced.counted_from)
        # A day alone lasts to its end.
        return Cut(hashes[:place], hashes[place:], until if "T" in until else f"{until}T24")

    def listed(self, stream: str, reader: Reader) -> AccessAnswer:
        """Give the reads of a dossier to a reader whom somebody else has made out.

        Raises:
            UnknownDossier, ReadingNotPermitted: as `check_right`.
        """
        check_right(reader, Subject.READS)
        parts, name = self._parts, self._stream_of(stream)
        own_reads = self._own_reads(stream, reader)
        if name is None:
            return AccessAnswer(reads=(), own_reads=own_reads)
        reads = logged_reads(
            parts.reader.stream_events(name), parts.origin, stream, parts.vault.open
        )
        shows_names = is_open(reader, Subject.OFFICERS)
        return AccessAnswer(
            stream=name,
            reads=tuple(
                _read_answer(name, read, self._name_of(read.signer.key) if shows_names else None)
                for read in reads
            ),
            own_reads=own_reads,
        )

    def _name_of(self, key: str) -> str | None:
        """Give an officer's name as the enrolment has it.

        LAW: Decree 224/2026 art. 15: the applicant is told who handles the dossier.
        """
        first = self._parts.reader.find(f"key:{key}", 1)
        events = [] if first is None else [first]
        (details,) = [
            action.details
            for action in open_actions(events, self._parts.origin, self._parts.vault.open)
        ] or [None]
        return details.display_name if isinstance(details, KeyRegisteredDetails) else None

    def _own_reads(self, stream: str, reader: Reader) -> tuple[OwnReadAnswer, ...]:
        if reader not in (Reader.HOLDS_SECRET, Reader.HOLDS_KEY, Reader.PROXY):
            return ()
        present = self.askers.present_hash(stream)
        return _own_answers(self._parts.own_reads.of(stream, present))

    def _reader_of(self, stream: str, action: Action, details: AccessLoggedDetails) -> Reader:
        signer = action.signers[0]
        record = self._parts.requests.record_now(signer.key)
        reader = self.askers.reader_of(stream, signer.key, record, signer.role)
        if details.purpose is AccessPurpose.INSPECTION:
            if signer.role is not Role.INSPECTOR:
                raise ReadingNotPermitted
            today = self._parts.clock().date()
            if details.order is None or details.order_until is None or details.order_until < today:
                raise InspectionOrderNeeded
            if reader is Reader.INSPECTOR:
                return Reader.INSPECTOR_UNDER_ORDER
        return reader

    def _check_place(self, stream: str, action: Action, details: AccessLoggedDetails) -> None:
        now, signed_at = self._parts.clock(), action.at.instant
        is_fresh = signed_at is not None and abs(now - signed_at) <= OPENS_FOR
        is_here = details.dossier == stream and action.stream == self._stream_of(stream)
        if not (is_fresh and is_here):
            raise AccessEntryUnfit("at" if is_here else "dossier, stream")

    def _stream_of(self, stream: str) -> str | None:
        """Give the access stream; None without a first secret, and once it is erased."""
        parts = self._parts
        return find_access_stream(parts.reader, parts.vault.open, parts.origin, stream)


class ReadingsResource:
    """``/v1/dossiers/{stream}/readings`` and ``/v1/dossiers/{stream}/readings/next``."""

    def __init__(self, parts: Parts):
        self._log = AccessLog(parts)
        self._parts = parts

    async def on_get_next(self, request: Request, response: Response, *, stream: str) -> None:
        """Give stream, version and previous leaf hash of the next access entry."""
        response.set_header("Cache-Control", "no-store")
        self._parts.lookups.check(request.remote_addr)
        proof = self._log.askers.proof(request, stream)
        response.data = encode(await asyncio.to_thread(self._log.place, stream, proof))

    async def on_post(self, request: Request, response: Response, *, stream: str) -> None:
        """Record and publish an access entry; then give what it opens."""
        response.set_header("Cache-Control", "no-store")
        settings = self._parts.settings
        body = await read_body(
            request, JSON_MEDIA_TYPE, settings.max_action_bytes, seconds=settings.body_seconds
        )
        submitted = parse_action(body)
        wish = await asyncio.to_thread(self._log.check, stream, submitted)
        wait_seconds = settings.publication_wait_seconds
        (answer,) = await self._parts.intake.submit([submitted], wait_seconds)
        if answer.code:
            answer_problem(
                request, response, answer.code, detail=answer.message, refusal=answer.note
            )
        elif answer.receipt is None:
            # SPEC: formats.md, "Keys": recorded before bytes leave; until it is published, none do.
            _answer_later(response, answer)
        else:
            opened = await asyncio.to_thread(self._log.opened, stream, wish, answer)
            response.data = encode(opened)


class AccessResource:
    """``/v1/dossiers/{stream}/access``."""

    def __init__(self, parts: Parts):
        self._log = AccessLog(parts)
        self._lookups = parts.lookups

    async def on_get(self, request: Request, response: Response, *, stream: str) -> None:
        """Give who has read private details of the dossier, when and why."""
        self._lookups.check(request.remote_addr)
        response.set_header("Cache-Control", "no-store")
        proof = self._log.askers.proof(request, stream)
        response.data = encode(await asyncio.to_thread(self._log.reads, stream, proof))


def _wish_of(details: AccessLoggedDetails) -> _Wish:
    names = {subject for subject in NAMING if subject.value in details.fields}
    kinds = frozenset(details.fields) - {subject.value for subject in names}
    known = {kind for kind in kinds if kind in KINDS and kind.startswith("dossier.")}
    if known != kinds or not kinds:
        raise AccessEntryUnfit("fields")
    return _Wish(kinds, frozenset(names))


def _opened_acts(actions: list[Action], wish: _Wish) -> Iterator[OpenedActAnswer]:
    for action in actions:
        if action.kind.name in wish.kinds and action.details is not None:
            members = without_names(action.details, wish.names)
            yield OpenedActAnswer(
                version=action.version,
                kind=action.kind.name,
                at=render_moment(action.at),
                details=msgspec.Raw(msgspec.json.encode(members)),
            )


def _read_answer(access_stream: str, read: LoggedRead, name: str | None) -> LoggedReadAnswer:
    url = receipt_url(access_stream, read.version, read.entry_index)
    at = render_moment(read.at)
    details = read.details if read.is_open else None
    if details is None:
        return LoggedReadAnswer(
            version=read.version, at=at, receipt_url=url, sealed=not read.is_open
        )
    return LoggedReadAnswer(
        version=read.version,
        at=at,
        receipt_url=url,
        sealed=False,
        key=read.signer.key,
        role=read.signer.role.value,
        name=name,
        purpose=details.purpose.value,
        fields=details.fields,
        explanation=details.explanation,
        order=details.order,
    )


def _is_before(event: StoredEvent, end: Replacement) -> bool:
    """Tell whether an access entry stands before a replacement, where the index says so."""
    return (
        end.entry_index is None or event.entry_index is None or event.entry_index < end.entry_index
    )


def _own_answers(reads: Iterable[OwnRead]) -> tuple[OwnReadAnswer, ...]:
    return tuple(
        OwnReadAnswer(
            minute=own.minute, times=own.times, with_present_secret=own.with_present_secret
        )
        for own in reads
    )


def _answer_later(response: Response, answer: Answer) -> None:
    location = receipt_url(answer.stream, answer.version, answer.entry_index)
    response.status = 202
    response.set_header("Location", location)
    response.data = encode(
        PromisedAnswer(
            stream=answer.stream,
            version=answer.version,
            receipt_url=location,
            promise=text_or_none(answer.note),
            entry_index=answer.entry_index,
        )
    )
