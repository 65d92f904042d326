"""What lies around dossiers, as hashes: by which it is known what must be looked at again.

Of one procedure, or of one key, only the dossiers of it are; of the calendar, an office, an outage
or a registrar, all are.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256

import msgspec

from domain.actions import StreamType
from domain.keys import KeyRecord
from domain.roles import Role
from projections.findings.shapes import Surroundings
from projections.people.persons import Persons
from projections.stored.examining import Registry

_encoder = msgspec.msgpack.Encoder(order="deterministic")
_KEY = f"{StreamType.KEY}:"
_PROCEDURE = f"{StreamType.PROCEDURE}:"


@dataclass(frozen=True, slots=True)
class Around:
    """The hash of what all dossiers have around them, and of each key and procedure by stream."""

    digest: bytes
    by_stream: Mapping[str, bytes]

    def changed_since(self, known: Mapping[str, bytes]) -> tuple[set[str], set[str]]:
        """Give the keys and the procedures, by name, that are others than they were."""
        changed = {name for name, digest in self.by_stream.items() if known.get(name) != digest}
        changed |= known.keys() - self.by_stream.keys()
        keys = {each.removeprefix(_KEY) for each in changed if each.startswith(_KEY)}
        codes = {each.removeprefix(_PROCEDURE) for each in changed if each.startswith(_PROCEDURE)}
        return keys, codes


def around_of(
    registry: Registry, persons: Persons, surroundings: Iterable[Surroundings], rebuilds: int
) -> Around:
    """Hash what lies around; ``surroundings`` are those of open and of veiled dossiers."""
    registrars = [key for key in registry.keys.values() if key.has_role(Role.REGISTRAR)]
    everything = (
        rebuilds,
        sorted(registry.offices.items()),
        [_digest(key) for key in sorted(registrars, key=_name)],
        [_members(each) for each in surroundings],
    )
    by_stream = {
        f"{_KEY}{name}": _digest((key, persons.person_of(name)))
        for name, key in registry.keys.items()
    }
    by_stream |= {f"{_PROCEDURE}{code}": _digest(it) for code, it in registry.procedures.items()}
    return Around(_digest(everything), by_stream)


def _members(around: Surroundings) -> tuple[object, ...]:
    return (
        around.outages,
        around.calendar,
        sorted((stream, version) for stream, version in around.moving_acts),
        sorted(
            (outage, office, act.stream, act.version)
            for (outage, office), act in around.recorded_in_outages.items()
        ),
    )


def _digest(value: object) -> bytes:
    return sha256(_encoder.encode(value)).digest()


def _name(key: KeyRecord) -> str:
    return key.name
