"""What a casefile is made of, asked of a server by an inspector's signed requests.

Every page of a trail is a look that the server keeps; private parts are opened by a signed entry
that is recorded first (`cli.acting.reading`).
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import Final, TypeVar
from urllib.parse import quote, urlencode

import msgspec

from cli.acting.finding_pages import FINDINGS_PATH, each_page
from cli.acting.reading import Asking, draw_entry, open_with
from cli.output import Refused, UsageProblem
from cli.sites import body_of, problem_of
from domain.facts.integrity import AccessLoggedDetails, AccessPurpose
from domain.roles import Role
from projections.casefiles.files import NamedOrder
from transparency.errors import ProofInvalid

PAGE_ACTS: Final = 1_000
# A trail that is longer belongs in several files.
MAX_TRAIL_ACTS: Final = 100_000
NOTHING: Final = msgspec.Raw(b"null")
WORDS_FOR_NAMES: Final = ("persons", "officers")

AnswerT = TypeVar("AnswerT")


class _TrailPage(msgspec.Struct, frozen=True, kw_only=True):
    """The part of a page that is looked into; all of it is kept as it came."""

    acts: tuple[msgspec.Raw, ...]
    checkpoint: msgspec.Raw
    as_of: str
    next: str | None = None
    order: NamedOrder | None = None
    context: msgspec.Raw = NOTHING


class _Act(msgspec.Struct, frozen=True):
    stream: str
    kind: str
    key: str | None = None
    entry_index: int | None = None


class _Finding(msgspec.Struct, frozen=True):
    stream: str
    evidence: tuple[int, ...] = ()


class _Findings(msgspec.Struct, frozen=True):
    findings: tuple[msgspec.Raw, ...]
    checkpoint: msgspec.Raw
    as_of: str


@dataclass(frozen=True, slots=True)
class Trail:
    """A whole trail as the server gave it: its acts, and the part that goes into the file."""

    acts: tuple[_Act, ...]
    part: bytes
    order: NamedOrder | None

    @property
    def streams(self) -> set[str]:
        """Give the streams of its acts, and those of the keys that signed them."""
        keys = {f"key:{act.key}" for act in self.acts if act.key is not None}
        return keys | {act.stream for act in self.acts}

    def kinds_on(self, dossier: str) -> tuple[str, ...]:
        """Give the kinds of its acts on a dossier, in order of names."""
        return tuple(sorted({act.kind for act in self.acts if act.stream == dossier}))


def gather_trail(
    asking: Asking,
    subject: Mapping[str, str],
    period: Mapping[str, str],
    order_stream: str | None,
) -> Trail:
    """Ask for all pages of a trail, the first with its context.

    Raises:
        Refused: the server refused a page, or the trail is too long for one file.
        WriterUnavailable, ServerNotReady, ProofInvalid: the server does not answer as one does.
    """
    query = {**subject, **period, "limit": str(PAGE_ACTS)}
    if order_stream is not None:
        query["order_stream"] = order_stream
    first = page = _page(asking, {**query, "context": "yes"})
    raw = list(page.acts)
    while page.next is not None:
        if len(raw) >= MAX_TRAIL_ACTS:
            raise Refused(f"the trail has over {MAX_TRAIL_ACTS} acts: name a shorter period")
        page = _page(asking, {**query, "after": page.next})
        raw += page.acts
    part = msgspec.json.encode(
        {
            "acts": raw,
            # All pages together are complete as of the last one's checkpoint.
            "checkpoint": page.checkpoint,
            "as_of": page.as_of,
            "context": first.context,
            "query": {**subject, **period},
        }
    )
    acts = tuple(msgspec.json.decode(each, type=_Act) for each in raw)
    return Trail(acts, part, first.order)


def _page(asking: Asking, query: Mapping[str, str]) -> _TrailPage:
    path = f"/v1/trail?{urlencode(query, quote_via=quote)}"
    return _signed(asking, path, _TrailPage)


def _signed(asking: Asking, path: str, shape: type[AnswerT]) -> AnswerT:
    return _decoded(body_of(asking.signed(path)), path, shape)


def _decoded(body: bytes, path: str, shape: type[AnswerT]) -> AnswerT:
    try:
        return msgspec.json.decode(body, type=shape)
    except msgspec.DecodeError as error:
        raise ProofInvalid(f"{path}: the server answers with another shape: {error}") from error


def gather_findings(asking: Asking, trail: Trail) -> bytes:
    """Ask for the findings about the dossiers and persons of a trail, or that rest on its acts.

    Raises:
        Refused, WriterUnavailable, ServerNotReady, ProofInvalid: as `gather_trail`.
    """
    # Under the same order: a look outside of it would not be sealed.
    named = "" if trail.order is None else f"?order_stream={quote(trail.order.stream)}"
    path = f"{FINDINGS_PATH}{named}"
    answers = [
        _decoded(page, path, _Findings)
        for page in each_page(lambda each: body_of(asking.signed(each)), path)
    ]
    streams = trail.streams
    entries = {act.entry_index for act in trail.acts if act.entry_index is not None}
    about = []
    for raw in (each for answer in answers for each in answer.findings):
        finding = msgspec.json.decode(raw, type=_Finding)
        if finding.stream in streams or not entries.isdisjoint(finding.evidence):
            about.append(raw)
    return msgspec.json.encode(
        {"as_of": answers[-1].as_of, "checkpoint": answers[-1].checkpoint, "findings": about}
    )


def gather_history(asking: Asking) -> bytes:
    """Ask for a dossier's history as whoever asks may have it; `asking` names the dossier.

    Raises:
        Refused, WriterUnavailable, ServerNotReady, ProofInvalid: as `gather_trail`.
    """
    return body_of(asking.signed(f"{asking.path}/history"))


def gather_key_history(asking: Asking) -> bytes:
    """Ask for the public history of the key that signs; raises as `gather_trail`."""
    stream = quote(f"key:{asking.key.name}", safe=":")
    return body_of(asking.site.ask(f"/v1/streams/{stream}/history"))


def gather_checkpoint(asking: Asking) -> bytes:
    """Ask for the log's checkpoint with its cosignatures; raises as `gather_trail`."""
    answer = asking.site.ask("/log/checkpoint")
    if answer.status != HTTPStatus.OK:
        raise problem_of(answer)
    return answer.body


def open_details(
    asking: Asking, origin: str, fields: tuple[str, ...], order: NamedOrder, explanation: str
) -> bytes:
    """Open private parts of a dossier under an order; the entry is recorded before bytes leave.

    Raises:
        UsageProblem: the explanation, or something of the order, is of no form that is recorded.
        Refused: the entry was refused, and nothing was opened.
        StoreUnavailable: it is recorded and not published yet; nothing was opened.
    """
    said = {
        "dossier": asking.dossier,
        "purpose": AccessPurpose.INSPECTION.value,
        "fields": fields,
        "explanation": explanation,
        "order": order.number,
        "order_until": order.until,
        "order_stream": order.stream,
    }
    try:
        details = msgspec.convert(said, AccessLoggedDetails)
    except msgspec.ValidationError as error:
        raise UsageProblem(f"the reading cannot be recorded so: {error}") from error
    entry = draw_entry(asking, Role.INSPECTOR, details, origin)
    answer = open_with(asking, entry)
    # By way of JSON: private parts come as they are, whatever members they have.
    members = msgspec.json.decode(msgspec.json.encode(answer), type=dict[str, object])
    return msgspec.json.encode({**members, "dossier": asking.dossier}, order="sorted")


def each_dossier(asking: Asking, dossiers: Iterable[str]) -> Iterator[Asking]:
    """Ask for each of these dossiers in turn."""
    return (replace(asking, dossier=dossier) for dossier in dossiers)
