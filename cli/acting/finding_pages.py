"""All pages of a server's list of findings, each asked for by a signed request of its own."""

from collections.abc import Callable, Iterator, Sequence
from urllib.parse import parse_qs, urlsplit

import msgspec

from transparency.errors import ProofInvalid

FINDINGS_PATH = "/v1/findings"
Ask = Callable[[str], bytes]


class _Following(msgspec.Struct, frozen=True):
    next: str | None = None


def each_page(ask: Ask, path: str) -> Iterator[bytes]:
    """Give the page at a path, and those that `next` leads to.

    Raises:
        ProofInvalid: the server answers with another shape, or leads elsewhere.
    """
    following: str | None = path
    while following is not None:
        body = ask(following)
        yield body
        try:
            following = msgspec.json.decode(body, type=_Following).next
        except msgspec.DecodeError as error:
            raise ProofInvalid(f"{path}: the server answers with another shape: {error}") from error
        if following is not None and urlsplit(following).path != urlsplit(path).path:
            raise ProofInvalid(f"{path}: the server leads on to {following}")


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
