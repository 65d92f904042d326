"""What a person typed of an action, understood: each complaint names the option and what it wants.

Facts and details are JSON objects of the kind's own classes; what the program knows better than a
person (keys, hashes, a dossier's secret) is added where it is missing.
"""

import base64
import difflib
import hashlib
import json
import re
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeVar

import msgspec
from msgspec import inspect

from api import bootstrap
from cli.output import UsageProblem
from cli.sources import read_key_file
from domain.actions import Kind, StreamType, parse_stream
from domain.errors import DomainError
from domain.facts import Details, DossierSubmitted, Facts, KeyRegistered, SlipSecretReplaced
from domain.facts.feedback import ComplaintFiled, FeedbackFiled
from domain.kinds import KINDS
from domain.moments import Moment, parse_moment
from domain.roles import Role
from transparency.notes import SigningKey, render_vkey

# Streams whose id means nothing: 'new' draws one.
RANDOM_STREAMS: Final = (
    StreamType.DOSSIER,
    StreamType.RATING,
    StreamType.PETITION,
    StreamType.DENUNCIATION,
    StreamType.FINDING,
)
SECRET_BYTES: Final = 32
_PETITION_FILINGS: Final = (FeedbackFiled, ComplaintFiled)
_ENUM_PLACE: Final = re.compile(r"Invalid enum value .* - at `\$([^`]*)`")
_NOT_A_NAME: Final = re.compile(r"\[[^]]*\]")

ShapeT = TypeVar("ShapeT")


@dataclass(frozen=True, slots=True)
class Typed:
    """What the action holds, as it was typed."""

    kind: str
    stream: str
    signs: tuple[str, ...]
    office: str | None
    facts: str
    details: str | None
    at: str | None
    document: bytes | None


@dataclass(frozen=True, slots=True)
class Wanted:
    """What was typed, understood but not yet placed in its stream."""

    kind: Kind
    stream: str
    office: str | None
    facts: Facts
    details: Details | None
    signers: tuple[tuple[Role, SigningKey], ...]
    at: Moment | None
    document: bytes | None


def understand(typed: Typed) -> Wanted:
    """Understand an action that was typed.

    Raises:
        UsageProblem: something of it cannot be; the sentence names it and what is wanted.
    """
    kind = KINDS.get(typed.kind)
    if kind is None:
        raise UsageProblem(f"there is no kind {typed.kind}; {_kinds_like(typed.kind)}")
    signers = tuple(_signer(text) for text in typed.signs)
    facts, details = _members(kind, typed, signers)
    return Wanted(
        kind=kind,
        stream=_stream(kind, typed.stream),
        office=typed.office,
        facts=_convert("--facts", facts, kind.facts, kind),
        details=_details(kind, details),
        signers=signers,
        at=_moment(typed.at),
        document=typed.document,
    )


def _kinds_like(name: str) -> str:
    close = difflib.get_close_matches(name, KINDS)
    if close:
        return f"did you mean {' or '.join(close)}?"
    prefix = name.partition(".")[0] + "."
    same_stream = [kind for kind in sorted(KINDS) if kind.startswith(prefix)]
    return f"kinds: {', '.join(same_stream or sorted(KINDS))}"


def _stream(kind: Kind, stream: str) -> str:
    if stream == "new":
        if kind.stream not in RANDOM_STREAMS:
            raise UsageProblem(
                f"--stream new: only these have random ids: {', '.join(RANDOM_STREAMS)}"
            )
        return f"{kind.stream.value}:{uuid.UUID(bytes=bootstrap.random_bytes(16), version=4)}"
    try:
        found = parse_stream(stream).type
    except DomainError as error:
        raise UsageProblem(
            f"--stream {stream}: this names no stream; {kind.name} wants {kind.stream.value}:<id>"
        ) from error
    if found is not kind.stream:
        raise UsageProblem(f"--stream {stream}: {kind.name} wants {kind.stream.value}:<id>")
    return stream


def _signer(text: str) -> tuple[Role, SigningKey]:
    role, _, path = text.partition("=")
    if role not in set(Role) or not path:
        raise UsageProblem(
            f"--sign {text}: role=KEYFILE is wanted; roles: {', '.join(sorted(Role))}"
        )
    try:
        return Role(role), read_key_file(Path(path))
    except UsageProblem as error:
        raise UsageProblem(f"--sign {text}: {error}") from error


def _moment(text: str | None) -> Moment | None:
    try:
        return None if text is None else parse_moment(text)
    except DomainError as error:
        raise UsageProblem(
            f"--at {text}: a moment is wanted as 2026-11-21T08:03:11Z (UTC), or a day as 2026-11-21"
        ) from error


def _members(
    kind: Kind, typed: Typed, signers: tuple[tuple[Role, SigningKey], ...]
) -> tuple[dict[str, object], dict[str, object] | None]:
    facts = _object("--facts", typed.facts)
    details = None if typed.details is None else _object("--details", typed.details)
    if typed.document is not None:
        facts.setdefault("document", hashlib.sha256(typed.document).hexdigest())
    if kind.facts is DossierSubmitted:
        details = {} if details is None else details
        details.setdefault("secret", _new_secret())
        for role, key in signers:
            if role is Role.APPLICANT:
                facts.setdefault("applicant_key", render_vkey(key.verification_key))
    if kind.facts is SlipSecretReplaced:
        details = {} if details is None else details
        details.setdefault("secret", _new_secret())
    if kind.facts in _PETITION_FILINGS and typed.stream == "new":
        details = {} if details is None else details
        _add_petition_slip(facts, details, signers)
    if kind.facts is KeyRegistered and "vkey" not in facts:
        facts["vkey"] = render_vkey(signers[-1][1].verification_key)
    return facts, details


def _new_secret() -> str:
    return base64.b64encode(bootstrap.random_bytes(SECRET_BYTES)).decode()


def _add_petition_slip(
    facts: dict[str, object],
    details: dict[str, object],
    signers: tuple[tuple[Role, SigningKey], ...],
) -> None:
    """Add the secret that tracks a new petition, and the key made for it where one signs."""
    details.setdefault("secret", _new_secret())
    for role, key in signers:
        if role is Role.APPLICANT:
            facts.setdefault("petitioner_key", render_vkey(key.verification_key))


def _object(option: str, text: str) -> dict[str, object]:
    try:
        members = json.loads(text)
    except ValueError as error:
        raise UsageProblem(f"{option} is no JSON: {error}") from error
    if not isinstance(members, dict):
        raise UsageProblem(f'{option} {text}: a JSON object is wanted, as {{"name": "value"}}')
    return members


def _details(kind: Kind, members: Mapping[str, object] | None) -> Details | None:
    if members is None:
        return None
    if kind.details is None:
        raise UsageProblem(f"--details: {kind.name} has no private part")
    return _convert("--details", members, kind.details, kind)


def _convert(option: str, members: Mapping[str, object], shape: type[ShapeT], kind: Kind) -> ShapeT:
    try:
        return msgspec.convert(members, shape)
    except (ValueError, TypeError) as error:
        allowed = list(_allowed(shape, str(error)))
        hint = f"; allowed: {', '.join(allowed)}" if allowed else ""
        raise UsageProblem(f"{option} of {kind.name}: {error}{hint}") from error


def _allowed(shape: type, complaint: str) -> Iterator[str]:
    """Give the values that a member may have, where the complaint is about a closed set."""
    found = _ENUM_PLACE.match(complaint)
    if found is None:
        return
    node: inspect.Type | None = inspect.type_info(shape)
    for name in filter(None, _NOT_A_NAME.sub("", found[1]).split(".")):
        node = _member(node, name)
    for each in _plain_types(node):
        if isinstance(each, inspect.EnumType):
            yield from (str(value.value) for value in each.cls)


def _member(node: inspect.Type | None, name: str) -> inspect.Type | None:
    for each in _plain_types(node):
        if isinstance(each, inspect.StructType):
            return next((field.type for field in each.fields if field.encode_name == name), None)
    return None


def _plain_types(node: inspect.Type | None) -> Iterator[inspect.Type]:
    """Look through unions, constraints and lists to what they are made of."""
    match node:
        case inspect.UnionType(types=types):
            for each in types:
                yield from _plain_types(each)
        case inspect.Metadata(type=inner):
            yield from _plain_types(inner)
        case inspect.CollectionType(item_type=item):
            yield from _plain_types(item)
        case inspect.Type():
            yield node
        case None:
            return
