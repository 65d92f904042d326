r"""Trust policies (C2SP tlog-policy): which logs, which witnesses, and how many of them are enough.

A policy is lines, each ended by LF, of items between spaces and tabs. A line that is empty, or
whose first character is '#', means nothing. The others are

    log <vkey> [<url>]                            a log; the key's name is the log's origin
    witness <name> <vkey> [<url>]                 a witness; the name is the policy's own
    group <name> <k | any | all> <member> ...     k or more of the members, any one, or all
    quorum <name | none>                          what a checkpoint needs; exactly one such line

A line names only what stands above it. Witnesses and groups share their names; a name is a member
of one group at most, and once there. `none` names nothing, and asks for nothing. No public key
stands twice. Bytes above 0x7F are allowed and mean nothing: here they are read as UTF-8, or else
kept as they are. A file whose last line is not ended is refused: a name that was cut off may be
another's.

A quorum proves something only if one of its witnesses stands outside the operator; who they are,
no file can tell.

>>> from transparency.cosignatures import cosign, cosigner_key
>>> from transparency.notes import SigningKey, render_note, render_vkey
>>> witness = SigningKey("w.org", bytes(32))
>>> policy = parse_policy(f"witness W {render_vkey(cosigner_key(witness))}\nquorum W\n".encode())
>>> note = render_note(b"x.org\n", [cosign(b"x.org\n", witness, 1679315147)])
>>> [cosignature.key.name for cosignature in check_quorum(policy, note)]
['w.org']
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from transparency.cosignatures import Cosignature, open_cosignatures
from transparency.encoding import parse_decimal
from transparency.errors import MalformedKey, MalformedPolicy, QuorumMissing
from transparency.notes import (
    COSIGNATURE_KEY_TYPE,
    ED25519_KEY_TYPE,
    VerificationKey,
    parse_vkey,
    render_vkey,
)

# SPEC: tlog-policy, "Implementation limits": at least 32 logs, 32 witnesses and 32 groups.
MAX_POLICY_BYTES = 256 * 1024
NO_QUORUM = "none"
INDEX_AUDITORS = "index-auditors"

_FORBIDDEN_BYTE = re.compile(rb"[\x00-\x08\x0b-\x1f\x7f]")
_BLANKS = re.compile(r"[ \t]+")


@dataclass(frozen=True, slots=True)
class PolicyLog:
    """A log that the policy knows; the key's name is its origin."""

    key: VerificationKey
    url: str | None = None


@dataclass(frozen=True, slots=True)
class PolicyWitness:
    """A witness that the policy knows, under a name of the policy's own."""

    name: str
    key: VerificationKey
    url: str | None = None


@dataclass(frozen=True, slots=True)
class PolicyGroup:
    """Names of witnesses and groups, and how many of them make the group."""

    name: str
    threshold: int
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Policy:
    """A whole policy; `quorum` is a name, or None where no cosignature is asked for."""

    logs: tuple[PolicyLog, ...]
    witnesses: tuple[PolicyWitness, ...]
    groups: tuple[PolicyGroup, ...]
    quorum: str | None

    def log_keys(self, origin: str) -> tuple[VerificationKey, ...]:
        """Give the keys by which the policy knows one log; several while a key is replaced."""
        return tuple(log.key for log in self.logs if log.key.name == origin)

    def has_group(self, name: str) -> bool:
        """Tell whether the policy has a group of this name."""
        return any(group.name == name for group in self.groups)


def parse_policy(data: bytes) -> Policy:
    """Read a policy.

    Raises:
        MalformedPolicy: the message names the line.
    """
    if len(data) > MAX_POLICY_BYTES:
        raise MalformedPolicy(f"a policy has at most {MAX_POLICY_BYTES} bytes")
    if _FORBIDDEN_BYTE.search(data):
        raise MalformedPolicy("a policy holds no control characters but tabs and line feeds")
    if not data.endswith(b"\n"):
        raise MalformedPolicy("the last line is not ended by a line feed")
    reading = _Reading()
    for number, line in enumerate(data[:-1].split(b"\n"), start=1):
        try:
            reading.take(line.decode("utf-8", "surrogateescape"))
        except ValueError as error:
            raise MalformedPolicy(f"line {number}: {error}") from error
    return reading.policy()


def render_policy(policy: Policy) -> bytes:
    """Write a policy; `parse_policy` reads the same."""
    lines = [_join("log", render_vkey(log.key), log.url) for log in policy.logs]
    lines += [
        _join("witness", each.name, render_vkey(each.key), each.url) for each in policy.witnesses
    ]
    lines += [
        _join("group", group.name, str(group.threshold), *group.members) for group in policy.groups
    ]
    lines.append(_join("quorum", policy.quorum or NO_QUORUM))
    return "".join(lines).encode("utf-8", "surrogateescape")


def check_quorum(policy: Policy, note: bytes) -> tuple[Cosignature, ...]:
    """Check that enough witnesses cosigned a checkpoint; give all of theirs that stand there.

    That the log signed it is for `open_checkpoint`.

    Raises:
        QuorumMissing: the policy asks for more.
        MalformedNote, SignatureInvalid: as `open_cosignatures`.
    """
    found = open_cosignatures(note, [witness.key for witness in policy.witnesses])
    if policy.quorum is not None and policy.quorum not in _satisfied(policy, found):
        raise QuorumMissing(_what_is_missing(policy, policy.quorum, found))
    return found


def check_group(policy: Policy, name: str, note: bytes) -> tuple[Cosignature, ...]:
    """Check that one group or witness of the policy stands under a checkpoint, and give its lines.

    Raises:
        QuorumMissing: there is no such name in the policy, or it asks for more.
        MalformedNote, SignatureInvalid: as `open_cosignatures`.
    """
    found = open_cosignatures(note, [witness.key for witness in policy.witnesses])
    if name not in _satisfied(policy, found):
        raise QuorumMissing(_what_is_missing(policy, name, found))
    inside = {witness.key for witness in policy.witnesses if witness.name in _below(policy, name)}
    return tuple(each for each in found if each.key in inside)


def quorum_seconds(policy: Policy, note: bytes) -> int | None:
    """Give the earliest moment by which enough witnesses had cosigned, by their own clocks.

    In POSIX seconds; None where the policy asks for no cosignature.

    Raises:
        QuorumMissing: the policy asks for more than stand there.
        MalformedNote, SignatureInvalid: as `open_cosignatures`.
    """
    found = sorted(check_quorum(policy, note), key=lambda each: each.posix_seconds)
    if policy.quorum is None:
        return None
    # The first so many that are enough; one more never makes a quorum into none.
    return next(
        last.posix_seconds
        for count, last in enumerate(found, start=1)
        if policy.quorum in _satisfied(policy, found[:count])
    )


def _satisfied(policy: Policy, found: Iterable[Cosignature]) -> frozenset[str]:
    cosigned_by = {cosignature.key for cosignature in found}
    names = {witness.name for witness in policy.witnesses if witness.key in cosigned_by}
    # A group names only what stands above it, so one walk in their order is enough.
    for group in policy.groups:
        if sum(member in names for member in group.members) >= group.threshold:
            names.add(group.name)
    return frozenset(names)


def _below(policy: Policy, name: str) -> frozenset[str]:
    names = {name}
    for group in reversed(policy.groups):
        if group.name in names:
            names.update(group.members)
    return frozenset(names)


def _what_is_missing(policy: Policy, name: str, found: Iterable[Cosignature]) -> str:
    there = _satisfied(policy, found)
    for group in policy.groups:
        if group.name == name:
            count = sum(member in there for member in group.members)
            return f"{name} has {count} of the {group.threshold} members that it needs"
    return f"{name} has not cosigned"


def _join(*items: str | None) -> str:
    return " ".join(item for item in items if item is not None) + "\n"


class _Reading:
    """What the lines above have said."""

    def __init__(self) -> None:
        self._logs: list[PolicyLog] = []
        self._witnesses: list[PolicyWitness] = []
        self._groups: list[PolicyGroup] = []
        self._quorum: str | None = None
        self._has_quorum = False
        self._names: set[str] = set()
        self._members: set[str] = set()
        self._public_keys: set[bytes] = set()
        self._takers: Mapping[str, Callable[[list[str]], None]] = {
            "log": self._take_log,
            "witness": self._take_witness,
            "group": self._take_group,
            "quorum": self._take_quorum,
        }

    def take(self, line: str) -> None:
        """Take one line in; `ValueError` says what is wrong with it."""
        items = [item for item in _BLANKS.split(line) if item]
        if not items or items[0].startswith("#"):
            return
        taker = self._takers.get(items[0])
        if taker is None:
            raise ValueError("a line begins with log, witness, group or quorum")
        taker(items[1:])

    def policy(self) -> Policy:
        """Give the policy once all lines are read."""
        if not self._has_quorum:
            raise MalformedPolicy("a policy has one quorum line")
        return Policy(tuple(self._logs), tuple(self._witnesses), tuple(self._groups), self._quorum)

    def _take_log(self, items: list[str]) -> None:
        if not 1 <= len(items) <= 2:  # noqa: PLR2004  a key, and perhaps an address
            raise ValueError("a log is a key and perhaps an address")
        key = self._new_key(items[0], ED25519_KEY_TYPE)
        self._logs.append(PolicyLog(key, *items[1:]))

    def _take_witness(self, items: list[str]) -> None:
        if not 2 <= len(items) <= 3:  # noqa: PLR2004  name and key, and perhaps an address
            raise ValueError("a witness is a name, a key and perhaps an address")
        self._define(items[0])
        key = self._new_key(items[1], COSIGNATURE_KEY_TYPE)
        self._witnesses.append(PolicyWitness(items[0], key, *items[2:]))

    def _take_group(self, items: list[str]) -> None:
        if len(items) < 3:  # noqa: PLR2004  name, threshold, one member
            raise ValueError("a group is a name, how many, and one member at least")
        name, how_many, *members = items
        for member in members:
            if member not in self._names:
                raise ValueError(f"{member} is not defined above")
            if member in self._members:
                raise ValueError(f"{member} is a member twice")
            self._members.add(member)
        self._define(name)
        self._groups.append(PolicyGroup(name, _threshold(how_many, len(members)), tuple(members)))

    def _take_quorum(self, items: list[str]) -> None:
        if self._has_quorum:
            raise ValueError("there is a quorum line above")
        if len(items) != 1:
            raise ValueError("a quorum is one name, or none")
        if items[0] != NO_QUORUM and items[0] not in self._names:
            raise ValueError(f"{items[0]} is not defined above")
        self._has_quorum = True
        self._quorum = None if items[0] == NO_QUORUM else items[0]

    def _define(self, name: str) -> None:
        if name == NO_QUORUM or name in self._names:
            raise ValueError(f"the name {name} is taken")
        self._names.add(name)

    def _new_key(self, vkey: str, key_type: int) -> VerificationKey:
        try:
            key = parse_vkey(vkey)
        except MalformedKey as error:
            raise ValueError(str(error)) from error
        if key.key_type != key_type:
            raise ValueError(f"the key is of type 0x{key.key_type:02x}, not 0x{key_type:02x}")
        if key.public_key in self._public_keys:
            raise ValueError("this public key stands above")
        self._public_keys.add(key.public_key)
        return key


def _threshold(how_many: str, member_count: int) -> int:
    match how_many:
        case "any":
            return 1
        case "all":
            return member_count
        case _:
            threshold = parse_decimal(how_many)
    if not 1 <= threshold <= member_count:
        raise ValueError(f"{threshold} of {member_count} members is not possible")
    return threshold
