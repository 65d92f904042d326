"""The keys of one log, each with the checkpoints that it may sign, so that a log can change keys.

All of them bear the log's name, its origin; key ids tell them apart. A key signs checkpoints of
sizes between two bounds. While the bounds of two keys overlap, a checkpoint bears a line of each,
and a reader who knows one of them can check it. A key that signs beyond its bounds has signed
nothing: a former key that is stolen makes no checkpoint of a later size.

>>> from transparency.notes import SigningKey
>>> old, new = (SigningKey("x.org", bytes([n]) * 32).verification_key for n in (1, 2))
>>> keys = LogKeys("x.org", (KeyPeriod(old, 0, 900), KeyPeriod(new, 801)))
>>> [len(keys.in_force(size)) for size in (800, 801, 900, 901)]
[1, 2, 2, 1]
"""

from dataclasses import dataclass

from transparency.notes import VerificationKey


@dataclass(frozen=True, slots=True)
class KeyPeriod:
    """One key with the smallest and the largest checkpoint that it may sign (None: no largest)."""

    key: VerificationKey
    from_size: int = 0
    until_size: int | None = None

    def __post_init__(self) -> None:
        assert self.from_size >= 0
        assert self.until_size is None or self.until_size >= self.from_size

    def covers(self, tree_size: int) -> bool:
        """Tell whether the key may sign the checkpoint of that size."""
        is_begun = self.from_size <= tree_size
        return is_begun and (self.until_size is None or tree_size <= self.until_size)


@dataclass(frozen=True, slots=True)
class LogKeys:
    """Every key that a log signs or signed with, the first one first."""

    origin: str
    periods: tuple[KeyPeriod, ...]

    def __post_init__(self) -> None:
        assert self.periods
        assert all(period.key.name == self.origin for period in self.periods)

    @classmethod
    def of(cls, key: VerificationKey) -> "LogKeys":
        """Give the keys of a log that never changed its key."""
        return cls(key.name, (KeyPeriod(key),))

    @property
    def name(self) -> str:
        """Give the name that all of them bear: the log's."""
        return self.origin

    @property
    def first(self) -> VerificationKey:
        """Give the key that opened the log: what entry 0 names."""
        return self.periods[0].key

    def in_force(self, tree_size: int) -> tuple[VerificationKey, ...]:
        """Give the keys that may sign the checkpoint of a size; perhaps none."""
        return tuple(period.key for period in self.periods if period.covers(tree_size))


# What a verifier is given: the one key that it knows of the log, or all of them.
LogKey = VerificationKey | LogKeys
