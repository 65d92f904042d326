"""Maps whose older part lies in a file and is read one by one, when it is asked for."""

from collections.abc import Callable, ItemsView, Iterable, Mapping
from typing import Any, Final, TypeVar

K = TypeVar("K")
V = TypeVar("V")

# Strangers may ask for streams that do not exist, and each of those would be remembered.
MOST_ABSENT: Final = 100_000


class StoredMap(dict[K, V]):
    """A dictionary of what was read or set; the rest comes from `load`.

    What is set since somebody last asked (`take_changed`) is known too. No value is None, and
    nothing is ever removed.
    """

    def __init__(
        self,
        load: Callable[[K], V | None] | None = None,
        load_many: Callable[[], Iterable[tuple[K, V]]] | None = None,
    ):
        """``load_many`` gives what `items` needs beside what is here; without it, nothing."""
        super().__init__()
        self._load = load
        self._load_many = load_many
        self._absent: set[K] = set()
        self._changed: dict[K, V] = {}

    def __missing__(self, key: K) -> V:
        """Read what is asked for and not here."""
        found = self._fetch(key)
        if found is None:
            raise KeyError(key)
        return found

    def _fetch(self, key: K) -> V | None:
        if self._load is None or key in self._absent:
            return None
        found = self._load(key)
        if found is not None:
            super().__setitem__(key, found)
            return found
        if len(self._absent) >= MOST_ABSENT:
            self._absent.clear()
        self._absent.add(key)
        return None

    def get(self, key: K, default: Any = None) -> Any:  # noqa: ANN401 - as of any dictionary
        """Give a value, read if need be."""
        found = super().get(key)
        if found is None:
            found = self._fetch(key)
        return default if found is None else found

    def __contains__(self, key: object) -> bool:
        """Tell whether there is a value, here or in the file."""
        return self.get(key) is not None  # type: ignore[arg-type]

    def __setitem__(self, key: K, value: V) -> None:
        """Set a value; it is a change."""
        super().__setitem__(key, value)
        self._changed[key] = value
        self._absent.discard(key)

    def setdefault(self, key: K, default: V) -> V:
        """Give a value, set if there is none."""
        found: V | None = self.get(key)
        if found is None:
            self[key] = found = default
        return found

    def __ior__(self, other: Mapping[K, V]) -> "StoredMap[K, V]":  # type: ignore[override,misc]
        """Set all of another map."""
        for key, value in other.items():
            self[key] = value
        return self

    def items(self) -> ItemsView[K, V]:  # type: ignore[override]
        """Give what is here now, after reading what `load_many` gives.

        More may be read while somebody goes through it.
        """
        for key, value in self._load_many() if self._load_many is not None else ():
            if not super().__contains__(key):
                super().__setitem__(key, value)
        return dict(super().items()).items()

    @property
    def changes(self) -> int:
        """Count what is set since somebody last asked."""
        return len(self._changed)

    def take_changed(self) -> dict[K, V]:
        """Give what was set since somebody last asked."""
        changed, self._changed = self._changed, {}
        return changed
