"""All pages of a server's list of findings, each asked for by a signed request of its own.

A server is not trusted to come to an end: pages and bytes are limited, and no page is asked twice.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Final
from urllib.parse import parse_qs, urlsplit

import msgspec

from transparency.errors import ProofInvalid

FINDINGS_PATH = "/v1/findings"
# At 100 findings on a page a million of them.
MAX_PAGES: Final = 10_000
MAX_BYTES: Final = 1024 * 1024 * 1024
Ask = Callable[[str], bytes]


class _Following(msgspec.Struct, frozen=True):
    next: str | None = None


def each_page(ask: Ask, path: str) -> Iterator[bytes]:
    """Give the page at a path, and those that `next` leads to.

    Raises:
        ProofInvalid: the server answers with another shape, leads elsewhere or to a page that was
            there before, or comes to no end.
    """
    following: str | None = path
    seen: set[str] = set()
    read_bytes = 0
    while following is not None:
        seen.add(_page_named(following))
        body = ask(following)
        read_bytes += len(body)
        if len(seen) > MAX_PAGES or read_bytes > MAX_BYTES:
            raise ProofInvalid(
                f"{path}: more than {MAX_PAGES} pages or {MAX_BYTES} bytes; ask for a part of it"
            )
        yield body
        following = _following(body, path)
        if following is not None and _page_named(following) in seen:
            raise ProofInvalid(f"{path}: the server leads on to {following} again")


def _following(body: bytes, path: str) -> str | None:
    try:
        following = msgspec.json.decode(body, type=_Following).next
    except msgspec.DecodeError as error:
        raise ProofInvalid(f"{path}: the server answers with another shape: {error}") from error
    if following is not None and not _is_of_list(following, path):
        raise ProofInvalid(f"{path}: the server leads on to {following}")
    return following


def _is_of_list(following: str, path: str) -> bool:
    try:
        parts = urlsplit(following)
    except ValueError:
        return False
    return (parts.scheme, parts.netloc, parts.path) == ("", "", urlsplit(path).path)


def _page_named(path: str) -> str:
    """Give the cursor that names a page, or of the first one the whole path."""
    cursors = parse_qs(urlsplit(path).query).get("cursor")
    return path if cursors is None else cursors[0]


def is_whole_list(path: str) -> bool:
    """Tell whether a path asks for findings and names no page of them."""
    parts = urlsplit(path)
    return parts.path == FINDINGS_PATH and not {"limit", "cursor"} & parse_qs(parts.query).keys()


def joined(pages: Sequence[bytes]) -> bytes:
    """Make of all pages of a list one answer: the last one, with the findings and rules of all."""
    answers = [msgspec.json.decode(page, type=dict[str, object]) for page in pages]
    if len(answers) == 1:
        return pages[0]
    findings = [finding for answer in answers for finding in _listed(answer["findings"])]
    rules = {
        msgspec.json.encode([rule.get("id"), rule.get("compares_with_peers")]): rule
        for answer in answers
        for rule in _listed(answer["rules"])
    }
    whole = answers[-1] | {"findings": findings, "rules": list(rules.values())}
    return msgspec.json.encode(whole)


def _listed(value: object) -> list[dict[str, object]]:
    return msgspec.convert(value, list[dict[str, object]])
