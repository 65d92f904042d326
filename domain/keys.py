"""Keys: who may sign as what, whose keys are one person's, and the record of the ledger's own.

A vkey is `<name>+<key id>+<base64>`; what its bytes mean is not the domain's business, but two
vkeys with one last part are one public key.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from typing import Final

import msgspec

from domain.facts import ANY_OFFICE, Grant, RevocationReason
from domain.moments import Moment, is_before
from domain.oversight.integrity import Outage
from domain.roles import Assurance, Role

__all__ = [
    "ANY_OFFICE",
    "Grant",
    "KeyRecord",
    "LaterGrant",
    "LedgerRecord",
    "assurance_of",
    "have_one_registrar",
    "keys_of_person",
    "makers_of",
    "number_of_person",
    "party_of",
    "person_of",
    "registrars_behind",
    "root_keys",
    "vkey_body",
    "vkey_name",
]

FindKey = Callable[[str], "KeyRecord | None"]


class LaterGrant(msgspec.Struct, frozen=True):
    """A grant that came after the enrolment, and the key that gave it."""

    grant: Grant
    since: Moment
    by: str | None = None


class KeyRecord(msgspec.Struct, frozen=True, omit_defaults=True, tag="key"):
    """What the registry holds of one key. A revoked key never comes back.

    `grants` are the enrolment's, `later` came after it, `ended` are those of the enrolment that
    were taken back. `replaces` and `successor` lead along the keys of one person. A key
    `of_ledger` has no stream of its own: the ledger's names it. `enrolled_by` is the registrar's
    key; `has_details` says that the enrolment committed to whose key it is.
    """

    name: str
    vkey: str
    grants: tuple[Grant, ...]
    registered_at: Moment
    revoked_at: Moment | None = None
    revoked_for: RevocationReason | None = None
    later: tuple[LaterGrant, ...] = ()
    ended: tuple[Grant, ...] = ()
    replaces: str | None = None
    successor: str | None = None
    assurance: Assurance = Assurance.OWN_KEY
    of_ledger: bool = False
    enrolled_by: str | None = None
    has_details: bool = False

    @property
    def is_root(self) -> bool:
        """Tell whether this is, or was, the registrar's root: no entry enrolled it."""
        return self.of_ledger and self.has_role(Role.REGISTRAR)

    def held(self) -> Iterator[LaterGrant]:
        """Give the grants that no entry has taken back, with the moment since when."""
        for grant in self.grants:
            if grant not in self.ended:
                yield LaterGrant(grant, self.registered_at)
        yield from self.later

    def has_role(self, role: Role) -> bool:
        """Tell whether the role is held for any office at all, on some day."""
        return any(held.grant.role is role for held in self.held())

    def covers(self, role: Role, office: str | None) -> bool:
        """Tell whether the role is held for that office, on some day.

        None asks for a grant for any office.
        """
        # A loop of its own: every signature of every action comes by here.
        for grant in self.grants:
            if grant.role is role and grant.office in (ANY_OFFICE, office):
                return True if not self.ended else self._still_covers(role, office)
        return bool(self.later) and self._still_covers(role, office)

    def _still_covers(self, role: Role, office: str | None) -> bool:
        return any(
            held.grant.role is role and held.grant.office in (ANY_OFFICE, office)
            for held in self.held()
        )

    def covered(self, role: Role, office: str | None, at: Moment, zone: str) -> bool:
        """Tell whether the role was held for that office at a moment."""
        return any(
            held.grant.role is role
            and held.grant.office in (ANY_OFFICE, office)
            and not is_before(at, held.since, zone)
            and _is_in_effect(held.grant, at.day_in(zone))
            for held in self.held()
        )

    def in_effect_on(self, day: date) -> "KeyRecord":
        """Give the record with the grants of that day alone: for whoever asks by a clock."""
        grants = tuple(held.grant for held in self.held() if _is_in_effect(held.grant, day))
        return msgspec.structs.replace(self, grants=grants, later=(), ended=())


def _is_in_effect(grant: Grant, day: date) -> bool:
    has_begun = grant.from_on is None or grant.from_on <= day
    return has_begun and (grant.until_on is None or day <= grant.until_on)


class LedgerRecord(msgspec.Struct, frozen=True, omit_defaults=True, tag="ledger"):
    """What the ledger's own stream says: entry 0, and which key is the registrar's root since.

    `former_roots` are the roots before, oldest first, each with the moment of its end. `log_vkey`
    opened the log, `later_log_vkeys` followed it; the `log_keys_retired` oldest of them all sign
    no checkpoint any more.
    """

    origin: str
    registrar_vkey: str
    log_vkey: str
    promise_vkey: str
    system_vkey: str
    recovery_vkeys: tuple[str, ...]
    index_version: int
    longest_publication_delay_seconds: int
    opened_at: Moment
    recovery_threshold: int | None = None
    root_since: Moment | None = None
    former_roots: tuple["FormerRoot", ...] = ()
    outages: tuple[Outage, ...] = ()
    later_log_vkeys: tuple[str, ...] = ()
    log_keys_retired: int = 0

    def log_vkeys_in_force(self) -> tuple[str, ...]:
        """Give the keys that sign checkpoints: one, or two while the log changes its key."""
        return (self.log_vkey, *self.later_log_vkeys)[self.log_keys_retired :]

    def own_vkeys(self) -> tuple[str, ...]:
        """Give every key that the ledger itself signs with, or once did."""
        return (
            self.registrar_vkey,
            self.log_vkey,
            self.promise_vkey,
            self.system_vkey,
            *self.recovery_vkeys,
            *(former.vkey for former in self.former_roots),
            *self.later_log_vkeys,
        )


class FormerRoot(msgspec.Struct, frozen=True):
    """A key that was the registrar's root."""

    vkey: str
    since: Moment
    until: Moment
    ended_for: RevocationReason


def vkey_name(vkey: str) -> str:
    """Give the key name that stands before the first plus sign."""
    return vkey.partition("+")[0]


def vkey_body(vkey: str) -> str:
    """Give what stands after the key id: the same for two names of one public key."""
    return vkey.split("+", 2)[-1]


def root_keys(ledger: LedgerRecord) -> tuple[KeyRecord, ...]:
    """Give the records of the registrar's root, the system key, and former roots, revoked.

    A `Register` answers them like keys that were registered on streams of their own.
    """
    since = ledger.root_since or ledger.opened_at
    return (
        _own_key(ledger.registrar_vkey, Role.REGISTRAR, since),
        _own_key(ledger.system_vkey, Role.SYSTEM, ledger.opened_at),
        *(_former_root(former) for former in ledger.former_roots),
    )


def _own_key(vkey: str, role: Role, since: Moment) -> KeyRecord:
    grants = (Grant(role, ANY_OFFICE),)
    return KeyRecord(vkey_name(vkey), vkey, grants, since, of_ledger=True)


def _former_root(former: FormerRoot) -> KeyRecord:
    record = _own_key(former.vkey, Role.REGISTRAR, former.since)
    return msgspec.structs.replace(record, revoked_at=former.until, revoked_for=former.ended_for)


def person_of(name: str, find: FindKey) -> str:
    """Give the first key of the person whose key this is, as far as public entries tell.

    Every enrolment names an older entry, so the way back ends.
    """
    record = find(name)
    while record is not None and record.replaces is not None:
        name = record.replaces
        record = find(name)
    return name


# All roots are one party, which no `replaces` joins: the ledger's own stream does.
_ROOTS: Final = "registrar"


def keys_of_person(name: str, find: FindKey) -> Iterator[KeyRecord]:
    """Give the records of a key and of those that it replaced, the newest first."""
    record = find(name)
    while record is not None:
        yield record
        record = None if record.replaces is None else find(record.replaces)


def party_of(name: str, find: FindKey) -> str:
    """Give what all keys of one person have in common; every root of the registrar is one."""
    record = find(name)
    return _ROOTS if record is not None and record.is_root else person_of(name, find)


def makers_of(name: str, role: Role, find: FindKey) -> frozenset[str]:
    """Give the parties that enrolled a person's keys, or gave them the role later."""
    makers = {
        maker
        for record in keys_of_person(name, find)
        for maker in (
            record.enrolled_by,
            *(later.by for later in record.later if later.grant.role is role),
        )
        if maker is not None
    }
    return frozenset(party_of(maker, find) for maker in makers)


def registrars_behind(name: str, role: Role, find: FindKey) -> frozenset[str]:
    """Give the parties that made a person, those that made these, and so on up to the root.

    The root is among them only where it made the person itself: everybody comes from it somehow.
    """
    found = makers_of(name, role, find)
    waiting = [maker for maker in found if maker != _ROOTS]
    while waiting:
        further = makers_of(waiting.pop(), Role.REGISTRAR, find) - found - {_ROOTS}
        found |= further
        waiting += further
    return found


def have_one_registrar(signers: Iterable[tuple[str, Role]], find: FindKey) -> bool:
    """Tell whether one registrar stands behind two of these keys, or is one of them."""
    seen = set[str]()
    for name, role in signers:
        line = registrars_behind(name, role, find) | {party_of(name, find)}
        if not line.isdisjoint(seen):
            return True
        seen |= line
    return False


_RUNS: Final = re.compile(r"\d+|[^\W\d_]+")


def number_of_person(written: str) -> str:
    """Give a personnel number as numbers are compared: whatever case, spaces, dashes or width.

    Zeros before a number say nothing either: `CB-0042` and `cb 42` are one.
    """
    runs = _RUNS.findall(unicodedata.normalize("NFKC", written).casefold())
    return "".join(_digits(run) if run[0].isdecimal() else run for run in runs)


def _digits(run: str) -> str:
    # Marked off, so that 10-1 and 101 stay two; in ASCII, whatever script they were written in.
    ascii_digits = "".join(str(unicodedata.decimal(digit)) for digit in run)
    return "-" + (ascii_digits.lstrip("0") or "0")


# Beside one of these, an applicant's signature is that of a person who stood there.
_COUNTER_ROLES = frozenset({Role.RECEIVER, Role.RETURNER, Role.POST})


def assurance_of(role: Role, beside: Sequence[Role], record: KeyRecord | None) -> Assurance:
    """Say how surely a signature is that of the person it stands for.

    `beside` are the roles of everybody who signs the action; `record` is the registry's of the
    key, None for a key that a dossier brings.
    """
    if role is Role.IMPORTER:
        return Assurance.IMPORT
    if record is not None and record.assurance is not Assurance.OWN_KEY:
        return record.assurance
    if role in (Role.APPLICANT, Role.PROXY) and not _COUNTER_ROLES.isdisjoint(beside):
        return Assurance.COUNTER
    return Assurance.OWN_KEY
