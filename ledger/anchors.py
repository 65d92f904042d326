"""The anchors: what an auditor needs, and nothing secret, in the file ``anchors.toml``.

It names the log and its key, and the root of all rights to sign::

    origin = "localhost/1f0c9a2e"
    log = "localhost/1f0c9a2e+5d1c...+AQ..."
    registrar = "registrar-0b1c...+77aa...+AQ..."

The registrar's later roots leave it as it is. Only where the log changes its key does it get more
lines, since a checkpoint must be known before anything under it is believed. Old anchors stay right
for the checkpoints that the first key may sign::

    [[log_keys]]
    vkey = "localhost/1f0c9a2e+5d1c...+AQ..."
    from_size = 0
    until_size = 5210

    [[log_keys]]
    vkey = "localhost/1f0c9a2e+80fe...+AQ..."
    from_size = 4001

A log that adds an ML-DSA-44 line to its checkpoints has `log_mldsa` beside `log`.
"""

import os
import tomllib
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Final

import msgspec

from ledger.errors import StoreCorrupt
from transparency.log_keys import KeyPeriod, LogKeys
from transparency.notes import VerificationKey, parse_vkey, render_vkey
from transparency.witnessing.mldsa import MldsaKey, parse_mldsa_vkey, render_mldsa_vkey

PUBLIC_MODE: Final = 0o644
ANCHORS_FILE: Final = "anchors.toml"


@dataclass(frozen=True, slots=True)
class Anchors:
    """The trust anchors of a ledger: the log's keys and the registrar's first root key.

    `log` opened the log. Where it changed its key since, `log_periods` are all its keys, this one
    first, each with the checkpoints that it may sign. `log_mldsa` is the key of a second kind of
    line, where the log adds one.
    """

    origin: str
    log: VerificationKey
    registrar: VerificationKey
    log_periods: tuple[KeyPeriod, ...] = ()
    log_mldsa: MldsaKey | None = None

    @property
    def logs(self) -> LogKeys:
        """Give the keys by which a checkpoint of this log is known."""
        return LogKeys(self.log.name, self.log_periods or (KeyPeriod(self.log),))


def render_anchors(anchors: Anchors) -> str:
    """Give the text of ``anchors.toml``."""
    return (
        "# All that a check of this ledger needs from its operator: keys of log and registrar.\n"
        "# Where the log changes its key, [[log_keys]] follow: then fetch this file anew.\n"
        f'origin = "{anchors.origin}"\n'
        f'log = "{render_vkey(anchors.log)}"\n'
        f'registrar = "{render_vkey(anchors.registrar)}"\n'
        + ("" if anchors.log_mldsa is None else _render_mldsa(anchors.log_mldsa))
        + "".join(_render_period(period) for period in anchors.log_periods)
    )


def _render_mldsa(key: MldsaKey) -> str:
    return f'log_mldsa = "{render_mldsa_vkey(key)}"\n'


def _render_period(period: KeyPeriod) -> str:
    until = "" if period.until_size is None else f"until_size = {period.until_size}\n"
    vkey = render_vkey(period.key)
    return f'\n[[log_keys]]\nvkey = "{vkey}"\nfrom_size = {period.from_size}\n{until}'


def save_mldsa_key(folder: Path, key: MldsaKey) -> None:
    """Let the anchors of a keys folder name the key of ML-DSA-44 lines; again is fine."""
    path = folder / ANCHORS_FILE
    text = render_anchors(replace(load_anchors(path), log_mldsa=key))
    replace_file(path, text.encode("ascii"), PUBLIC_MODE)


def save_log_keys(folder: Path, keys: LogKeys) -> None:
    """Let the anchors of a keys folder name all keys of the log; again is fine.

    CRASH: the anchors are replaced in one step, and made again from the ledger at each start.
    """
    path = folder / ANCHORS_FILE
    anchors = load_anchors(path)
    if keys.periods == anchors.logs.periods:
        return
    text = render_anchors(replace(anchors, log_periods=keys.periods))
    replace_file(path, text.encode("ascii"), PUBLIC_MODE)


def load_anchors(path: Path) -> Anchors:
    """Read ``anchors.toml``.

    Raises:
        StoreCorrupt: a member is missing.
        transparency.errors.MalformedKey: a key cannot be read.
        OSError: there is no such file.
    """
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
        log = parse_vkey(str(table["log"]))
        return Anchors(
            str(table["origin"]),
            log,
            parse_vkey(str(table["registrar"])),
            _parse_periods(table.get("log_keys", []), log),
            parse_mldsa_vkey(str(table["log_mldsa"])) if "log_mldsa" in table else None,
        )
    except (tomllib.TOMLDecodeError, KeyError, UnicodeDecodeError, ValueError) as error:
        raise StoreCorrupt(f"{path.name} does not hold the trust anchors: {error}") from error


def _parse_periods(tables: object, log: VerificationKey) -> tuple[KeyPeriod, ...]:
    shapes = msgspec.convert(tables, tuple[_PeriodTable, ...])
    periods = tuple(
        KeyPeriod(parse_vkey(shape.vkey), shape.from_size, shape.until_size) for shape in shapes
    )
    if periods and (periods[0].key != log or any(one.key.name != log.name for one in periods)):
        raise ValueError("the log's keys begin with the one that opened it, and bear its name")
    return periods


class _PeriodTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    vkey: str
    from_size: Annotated[int, msgspec.Meta(ge=0)]
    until_size: Annotated[int, msgspec.Meta(ge=0)] | None = None

    def __post_init__(self) -> None:
        if self.until_size is not None and self.until_size < self.from_size:
            raise ValueError("a key signs from a size until a larger one")


def replace_file(path: Path, data: bytes, mode: int) -> None:
    """Replace a file in one step: readers see the old bytes or the new ones."""
    temporary = path.with_name(f".{path.name}.new")
    temporary.unlink(missing_ok=True)
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    os.fsync(descriptor)
    os.close(descriptor)
