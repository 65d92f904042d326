"""Where an observer reads: the log's address, its documents, the policy that judges it."""

from pathlib import Path
from urllib.parse import urlsplit

from cli.output import UsageProblem
from cli.sources import LogAddress, find_log
from ledger.mirroring.copying import MirrorSource
from transparency.errors import MalformedPolicy
from transparency.http_source import HttpTileSource
from transparency.policies import Policy, parse_policy


def open_source(address: LogAddress, timeout_seconds: float) -> MirrorSource:
    """Open a log with its documents; of a remote one no answer is waited for longer than that."""
    if address.is_remote:
        return MirrorSource(HttpTileSource(address.text, timeout_seconds), address.documents())
    return MirrorSource(address.tiles(), address.documents())


def check_address(log_text: str | None, data: Path) -> LogAddress:
    """Give the log that was named.

    Raises:
        UsageProblem: an address has no host.
    """
    address = find_log(log_text, data)
    if address.is_remote and not urlsplit(address.text).hostname:
        raise UsageProblem(f"{log_text} is no address")
    return address


def load_policy(path: Path | None) -> Policy | None:
    """Read a trust policy, where one was named.

    Raises:
        UsageProblem: it cannot be read.
    """
    if path is None:
        return None
    try:
        return parse_policy(path.read_bytes())
    except MalformedPolicy as error:
        raise UsageProblem(f"{path} is no trust policy: {error}") from error
